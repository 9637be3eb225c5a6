"""The residents' pages without a browser: what they say, what they refuse, and that nothing is paid twice."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import waiting
from payments.forms import read_yen
from payments.models import Payment
from payments.proof import WORDS, word_of_the_minute
from payments.verification import verify_due
from regions.models import User
from tests.factories import TicketTypeFactory, TillFactory, Town, UserFactory, issue
from tests.notaries import FaultyNotary
from tests.staff.sign_in import paid, refunded
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody verifies while the request waits, as the worker does in a process of its own."""
    look = waiting._look_until

    def verify_then_look(row: Any, event: Any, until: float) -> Any:
        verify_due(row.region.notary)
        return look(row, event, min(until, 0) if row.status == "pending" else until)

    monkeypatch.setattr(waiting, "_look_until", verify_then_look)


class Phone:
    """A resident's browser, reading English: the message ids themselves."""

    def __init__(self, town: Town, user: User | None = None) -> None:
        self.town, self.client = town, Client(headers={"accept-language": "en"})
        self.client.force_login(user or town.user)

    def get(self, name: str, *args: object, **query: object) -> Any:
        return self.client.get(reverse(name, args=[self.town.region.slug, *args]), query)

    def ask(self, amount: object, *, till: str | None = None) -> Any:
        """Up to the question whether to pay."""
        address = reverse("pay-confirm", args=[self.town.region.slug, till or self.town.till.code])
        return self.client.get(address, {"amount": amount}, follow=True)

    def pay(self, amount: object, *, key: str | None = None, till: str | None = None) -> Any:
        address = reverse("pay-confirm", args=[self.town.region.slug, till or self.town.till.code])
        return self.client.post(address, {"amount": amount, "key": key or str(uuid4())})


def text(answer: Any) -> str:
    """What a reader sees: no tags, single spaces."""
    page = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def assert_nothing_moved() -> None:
    assert not Payment.objects.exists()
    sums = Voucher.objects.all().sums()
    assert (sums["held"], sums["spent"]) == (0, 0)


# --- the door -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "pay/", "pay/ABCD2345/", "pay/ABCD2345/confirm/", "history/"])
def test_without_a_sign_in_every_page_leads_to_it_and_back(path: str) -> None:
    address = f"/{Town().region.slug}/{path}"

    answer = Client().get(address)

    assert answer.status_code == 302
    where = urlsplit(answer["Location"])
    assert where.path == reverse("account_login")
    assert parse_qs(where.query)["next"] == [address]


def test_who_has_no_wallet_here_is_told_so_and_learns_nothing_else() -> None:
    here, home = Town(contact_name="ここの事務局", contact_phone="0299-11-1111"), Town(balance=100)
    phone = Phone(here, home.user)

    answer = phone.get("region-home")

    assert answer.status_code == 200
    assert "ここの事務局" in text(answer)
    assert reverse("region-home", args=[home.region.slug]) in answer.content.decode()
    for name, args in (("pay", ()), ("pay-till", (here.till.code,)), ("pay-till", ("NOSUCH99",)), ("history", ())):
        refused = phone.get(name, *args)
        assert refused.status_code == 404
        assert here.store.name not in text(refused)
    assert phone.pay(10).status_code == 404
    assert_nothing_moved()


def test_another_regions_till_is_as_unknown_as_one_that_does_not_exist() -> None:
    town, other = Town(balance=1000), Town()
    phone = Phone(town)

    for code in (other.till.code, "NOSUCH99"):
        assert phone.get("pay-till", code).status_code == 404
        assert phone.get("pay", code=code).status_code == 404
        assert phone.ask(10, till=code).status_code == 404
        assert phone.pay(10, till=code).status_code == 404
    assert_nothing_moved()


def test_another_persons_payment_is_404_on_every_page_of_it() -> None:
    town, other = Town(balance=1000), Town(balance=1000)
    payment = paid(town, 300)

    for stranger in (Phone(town, other.user), Phone(other)):
        for name in ("payment", "payment-proof", "payment-status"):
            assert stranger.get(name, payment.pk).status_code == 404


def test_no_cache_keeps_a_residents_page() -> None:
    town = Town(balance=1000)
    payment = paid(town, 300)
    phone = Phone(town)

    pages = [("region-home", ()), ("pay-till", (town.till.code,)), ("history", ()), ("payment", (payment.pk,))]
    for name, args in [*pages, ("payment-proof", (payment.pk,)), ("payment-status", (payment.pk,))]:
        assert "no-store" in phone.get(name, *args)["Cache-Control"]


# --- the balance --------------------------------------------------------------------------


def test_the_first_page_shows_what_is_left_and_warns_of_what_is_lost_soon() -> None:
    town = Town()
    later = TicketTypeFactory(programme=town.programme, name_en="Later ticket")
    issue(town.resident, town.common, 1234, expires_at=timezone.now() + timedelta(days=9))
    issue(town.resident, later, 5000, expires_at=timezone.now() + timedelta(days=90))

    said = text(Phone(town).get("region-home"))

    assert "¥6,234" in said
    assert "¥1,234 can be used until" in said
    assert "¥5,000 can be used until" not in said


def test_a_payment_that_is_being_checked_stands_on_top(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    notary.is_cut = True
    phone = Phone(town)
    payment_page = phone.pay(1234)["Location"]

    answer = phone.get("region-home")

    assert payment_page in answer.content.decode()
    assert "Being checked" in text(answer)
    assert "¥3,766" in text(answer)


# --- paying -------------------------------------------------------------------------------


def test_a_code_may_be_typed_in_any_width_and_case() -> None:
    town = Town(balance=1000)
    code = town.till.code
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)

    for typed in (code, f" {code[:4].lower()}-{code[4:]} ", wide):
        assert Phone(town).get("pay", code=typed)["Location"] == reverse("pay-till", args=[town.region.slug, code])


def test_the_till_says_what_is_good_there_before_the_amount() -> None:
    town = Town(balance=800)
    issue(town.resident, TicketTypeFactory(programme=town.programme, name_en="Elsewhere"), 9000)

    said = text(Phone(town).get("pay-till", town.till.code))

    assert town.store.name in said
    assert "¥800" in said
    assert "Elsewhere" not in said


def test_asking_moves_nothing_and_says_what_would_be_drawn() -> None:
    town = Town()
    local = TicketTypeFactory(programme=town.programme, name_en="Local ticket", restriction=10)
    town.store.ticket_types.add(local)
    ends = timezone.now() + timedelta(days=60)
    issue(town.resident, local, 1000, expires_at=ends)
    issue(town.resident, town.common, 5000, expires_at=ends)

    answer = Phone(town).ask("１，２３４")

    said = text(answer)
    assert answer.status_code == 200
    assert "¥1,234" in said
    assert "Local ticket ¥1,000" in said
    assert "¥234" in said
    assert_nothing_moved()


def test_a_payment_leads_to_its_page_and_to_the_history() -> None:
    town = Town(balance=5000)
    phone = Phone(town)

    answer = phone.pay("1,234")

    payment = Payment.objects.get()
    assert (answer.status_code, payment.status, payment.amount) == (303, "completed", 1234)
    assert answer["Location"] == reverse("payment", args=[town.region.slug, payment.pk])
    said = text(phone.client.get(answer["Location"]))
    assert "Payment complete" in said
    assert "¥1,234" in said
    assert payment.number in said
    assert town.store.name in text(phone.get("history"))


def test_the_same_key_pays_once_and_leads_to_the_same_payment() -> None:
    town = Town(balance=5000)
    phone, key = Phone(town), str(uuid4())

    first, second = phone.pay(100, key=key), phone.pay(100, key=key)
    back = phone.client.get(
        reverse("pay-confirm", args=[town.region.slug, town.till.code]), {"amount": 100, "key": key}
    )

    assert first["Location"] == second["Location"] == back["Location"]
    assert Payment.objects.count() == 1


def test_a_second_payment_alike_is_pointed_out_before_it_is_made() -> None:
    town = Town(balance=5000)
    phone = Phone(town)
    phone.pay(100)

    assert "You already paid ¥100 here" in text(phone.ask(100))
    assert "You already paid" not in text(phone.ask(101))


@pytest.mark.parametrize(
    "amount", ["", "0", "-5", "1.5", "abc", "12,34", "99999999999999999999", "1000001", "1e3", "½", "百円"]
)
def test_what_is_no_amount_is_said_at_the_field_and_moves_nothing(amount: str) -> None:
    phone = Phone(Town(balance=5000))

    for answer in (phone.ask(amount), phone.pay(amount)):
        assert answer.status_code in {200, 422}
        assert 'role="alert"' in answer.content.decode()
        assert 'aria-invalid="true"' in answer.content.decode()
    assert_nothing_moved()


@pytest.mark.parametrize(
    ("typed", "yen"), [("1234", 1234), ("１２３４", 1234), ("1,234", 1234), (" １，２３４円 ", 1234), ("¥500", 500)]
)
def test_an_amount_is_read_however_it_was_typed(typed: str, yen: int) -> None:
    assert read_yen(typed) == yen


def test_who_has_too_little_is_told_how_much_is_missing() -> None:
    phone = Phone(Town(balance=800))

    for answer in (phone.ask(1200), phone.pay(1200)):
        assert answer.status_code == 402
        assert "¥800" in text(answer)
        assert "¥400" in text(answer)
    assert_nothing_moved()


def test_while_payments_cannot_be_checked_nothing_is_held(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    phone = Phone(town)
    notary.is_cut = True
    for _attempt in range(3):
        phone.pay(10)
    before = Payment.objects.count()

    answer = phone.pay(10)

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "Nothing was taken" in text(answer)
    assert reverse("region-status", args=[town.region.slug]) in answer.content.decode()
    assert Payment.objects.count() == before


def test_a_payment_without_a_key_is_not_made() -> None:
    town = Town(balance=5000)

    answer = Phone(town).client.post(reverse("pay-confirm", args=[town.region.slug, town.till.code]), {"amount": "100"})

    assert answer.status_code == 422
    assert_nothing_moved()


# --- one payment --------------------------------------------------------------------------


def test_while_it_is_being_checked_the_page_waits_and_says_that_nothing_is_taken_twice(notary: FaultyNotary) -> None:
    town = Town(balance=5000)
    phone = Phone(town)
    notary.is_cut = True
    page = phone.client.get(phone.pay(1234)["Location"])
    payment = Payment.objects.get()

    assert "Being checked" in text(page)
    assert "Nothing is ever taken twice" in text(page)
    assert 'http-equiv="refresh"' in page.content.decode()
    assert phone.get("payment-status", payment.pk).json()["status"] == "pending"

    notary.is_cut = False
    Payment.objects.update(next_attempt_at=timezone.now())
    verify_due(town.region.notary)
    assert phone.get("payment-status", payment.pk).json()["status"] == "completed"


def test_a_fresh_payment_proves_itself_with_the_tills_word() -> None:
    town = Town(balance=5000)
    payment = paid(town, 300)
    phone = Phone(town)
    # The minute may turn between two looks.
    words = {word_of_the_minute(town.till, timezone.now())}

    shown = phone.get("payment-proof", payment.pk).json()["word"]

    words.add(word_of_the_minute(town.till, timezone.now()))
    assert shown in words


def test_after_ten_minutes_the_page_is_a_record() -> None:
    town = Town(balance=5000)
    payment = paid(town, 300)
    Payment.objects.update(authorised_at=timezone.now() - timedelta(minutes=11))
    phone = Phone(town)

    assert phone.get("payment-proof", payment.pk).json().get("word", "") == ""
    assert "record of an earlier payment" in text(phone.get("payment", payment.pk))


def test_a_payment_that_was_given_back_does_not_look_paid() -> None:
    town = Town(balance=5000)
    payment = paid(town, 300)
    refunded(payment, 300, by=town.shop_person())
    phone = Phone(town)

    said = text(phone.get("payment", payment.pk))

    assert "Payment complete" not in said
    assert "Fully refunded" in said
    assert phone.get("payment-proof", payment.pk).json().get("word", "") == ""


def test_the_word_belongs_to_its_till_and_its_minute() -> None:
    town = Town()
    other = TillFactory(store=town.store)
    noon = timezone.now().replace(second=0, microsecond=0)

    minutes = [noon + timedelta(minutes=number) for number in range(40)]
    words = [word_of_the_minute(town.till, at) for at in minutes]

    assert len(set(WORDS)) == len(WORDS) >= 64
    assert set(words) <= set(WORDS)
    assert words == [word_of_the_minute(town.till, at + timedelta(seconds=59)) for at in minutes]
    assert words != [word_of_the_minute(other, at) for at in minutes]
    assert len(set(words)) > 20


# --- the history --------------------------------------------------------------------------


def test_the_history_adds_up_by_month_and_goes_on_over_pages() -> None:
    town = Town(balance=50_000)
    for number in range(23):
        paid(town, 100 + number)
    old = Payment.objects.newest_first().last()
    Payment.objects.filter(pk=old.pk).update(authorised_at=timezone.now() - timedelta(days=70))
    phone = Phone(town)

    first, second = phone.get("history"), phone.get("history", page=2)
    total = sum(Payment.objects.exclude(pk=old.pk).values_list("amount", flat=True))

    assert f"¥{total:,}" in text(first)
    assert str(old.pk) in second.content.decode()
    assert str(old.pk) not in first.content.decode()
    month = timezone.localtime(timezone.now() - timedelta(days=70))
    only = phone.get("history", month=f"{month:%Y-%m}").content.decode()
    assert only.count(f"/{town.region.slug}/payments/") == 1


@pytest.mark.parametrize("query", [{"month": "2022-13"}, {"month": "x"}, {"page": "999"}, {"page": "x"}])
def test_a_month_or_page_that_is_not_there_is_no_error(query: dict[str, str]) -> None:
    town = Town(balance=500)
    paid(town, 100)

    assert Phone(town).get("history", **query).status_code == 200


# --- the way in, and the stand ------------------------------------------------------------


def test_the_first_page_leads_to_every_region_and_to_both_other_sites() -> None:
    towns = [Town(), Town()]

    page = Client().get("/").content.decode()

    for town in towns:
        assert f'href="/{town.region.slug}/"' in page
    assert 'href="/portal/"' in page
    assert 'href="/staff/"' in page


def test_the_stand_is_for_who_works_there_only() -> None:
    town, other = Town(), Town()
    stand = reverse("till-stand", kwargs={"region": town.region.slug, "till": town.till.code})

    for insider in (town.shop_person(), town.secretary(), UserFactory(is_operator=True)):
        client = Client()
        client.force_login(insider)
        answer = client.get(stand)
        assert answer.status_code == 200
        assert town.store.name in text(answer)
    for outsider in (town.user, other.shop_person(), other.secretary()):
        client = Client()
        client.force_login(outsider)
        assert client.get(stand).status_code == 404
    assert Client().get(stand).status_code == 302


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_request_login_code", "account_reset_password"]
)
def test_the_sign_in_pages_are_ours(name: str) -> None:
    page = Client().get(reverse(name)).content.decode()

    assert 'href="#main"' in page
    assert "style=" not in page
    assert "<script>" not in page


def test_the_pages_of_an_outage_stand_by_themselves() -> None:
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})

    assert client.get("/no-such-region/").status_code == 404
    assert "This page is not here" in text(client.get("/no-such-region/"))
