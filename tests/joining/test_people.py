"""People of a business: invited with a link that works once and for seven days, what each role sees, who may leave."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from merchants.errors import InvitationUnknown, InvitedSomebodyElse, LastOwner, WorksThereAlready
from merchants.invitations import accept_invitation, cancel_invitation, invitation_path, invite
from merchants.models import BankAccount, Invitation, MemberRole, MerchantMember, Till
from merchants.staffing import add_member, remove_member
from regions.models import User
from tests.factories import Town, UserFactory
from tests.joining.conftest import JoiningTown, letters, link_in
from tests.staff.sign_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = "/portal/merchants/bankaccount/"


def invited(town: JoiningTown, email: str = "new@example.jp", role: MemberRole = MemberRole.CLERK) -> Invitation:
    return invite(merchant=town.store.merchant, email=email, role=role, by=town.secretary())


def key_of(invitation: Invitation) -> str:
    return invitation_path(invitation).split("/")[-2]


def colleague(town: JoiningTown, role: MemberRole) -> Client:
    person = UserFactory()
    add_member(merchant=town.store.merchant, user=person, role=role)
    return signed_in(person)


def test_who_signs_up_with_the_invited_address_comes_in_once(town: JoiningTown) -> None:
    invited(town)
    (letter,) = letters()
    link = link_in(letter)
    client = Client()
    sign_up = re.search(r'href="(/accounts/signup/[^"]+)"', client.get(link).content.decode())
    assert sign_up
    came_back = client.post(sign_up[1], {"email": "new@example.jp", "phone": "", "password1": "a long enough sentence"})
    assert came_back["Location"] == link

    assert client.post(link)["Location"] == "/portal/"

    member = MerchantMember.objects.get(user__email="new@example.jp")
    assert (member.merchant, member.role) == (town.store.merchant, "clerk")
    assert client.get("/portal/").status_code == 200
    assert client.get(link).status_code == 404
    assert letters() == []


def test_a_used_link_lets_nobody_else_in(town: JoiningTown) -> None:
    invitation, person = invited(town), UserFactory(email="new@example.jp")
    accept_invitation(region=town.region, key=key_of(invitation), user=person)
    remove_member(MerchantMember.objects.get(user=person))

    with pytest.raises(InvitationUnknown):
        accept_invitation(region=town.region, key=key_of(invitation), user=person)

    assert not MerchantMember.objects.filter(user=person).exists()


@pytest.mark.parametrize(("later", "works"), [(timedelta(days=7, seconds=-1), True), (timedelta(days=7), False)])
def test_a_link_is_valid_for_seven_days(town: JoiningTown, later: timedelta, works: bool) -> None:
    person = UserFactory(email="new@example.jp")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        invitation = invited(town)
        clock.shift(later)
        if works:
            accept_invitation(region=town.region, key=key_of(invitation), user=person)
        else:
            with pytest.raises(InvitationUnknown):
                accept_invitation(region=town.region, key=key_of(invitation), user=person)

    assert MerchantMember.objects.filter(user=person).exists() == works


def test_an_invitation_is_for_its_address_its_region_and_its_last_link_alone(town: JoiningTown) -> None:
    first = invited(town)
    second = invited(town)
    person, stranger, other = UserFactory(email="NEW@example.jp"), UserFactory(), Town()

    for key, region, user, problem in (
        (key_of(first), town.region, person, InvitationUnknown),
        (key_of(second), other.region, person, InvitationUnknown),
        (key_of(second)[:-1] + "x", town.region, person, InvitationUnknown),
        (key_of(second), town.region, stranger, InvitedSomebodyElse),
    ):
        with pytest.raises(problem):
            accept_invitation(region=region, key=key, user=user)
    assert not MerchantMember.objects.filter(user__in=[person, stranger]).exists()

    accept_invitation(region=town.region, key=key_of(second), user=person)


def test_a_cancelled_invitation_is_neither_sent_nor_accepted(town: JoiningTown) -> None:
    invitation = invited(town)
    assert cancel_invitation(invitation)

    assert letters() == []
    with pytest.raises(InvitationUnknown):
        accept_invitation(region=town.region, key=key_of(invitation), user=UserFactory(email="new@example.jp"))


def test_who_works_there_is_not_invited_again(town: JoiningTown) -> None:
    with pytest.raises(WorksThereAlready):
        invited(town, email=str(town.shop_person().email))


def test_the_last_owner_stays(town: JoiningTown) -> None:
    owner = MerchantMember.objects.get(user=town.shop_person())
    colleague(town, MemberRole.BOOKKEEPER)
    with pytest.raises(LastOwner):
        remove_member(owner)
    page = reverse("staff:merchants_merchantmember_delete", args=[owner.pk])
    assert signed_in(town.secretary()).post(page, {"post": "yes"}).status_code == 403

    add_member(merchant=town.store.merchant, user=UserFactory(), role=MemberRole.OWNER)
    remove_member(owner)

    assert not MerchantMember.objects.filter(pk=owner.pk).exists()


@pytest.mark.parametrize("site", ["portal", "staff"])
def test_owners_and_the_office_invite_and_remove_on_the_page(town: JoiningTown, site: str) -> None:
    client = signed_in(town.shop_person() if site == "portal" else town.secretary())
    merchant = town.store.merchant
    clerk = add_member(merchant=merchant, user=UserFactory(), role=MemberRole.CLERK)
    page = reverse(f"{site}:people", args=[merchant.pk])

    client.post(page, {"do": "invite", "email": "new@example.jp", "role": "bookkeeper"})
    client.post(page, {"do": "remove", "row": str(clerk.pk)})

    assert Invitation.objects.get().role == "bookkeeper"
    assert not MerchantMember.objects.filter(pk=clerk.pk).exists()
    shown = client.get(reverse(f"{site}:merchants_merchant_change", args=[merchant.pk])).content.decode()
    assert "new@example.jp" in shown
    client.post(page, {"do": "cancel", "row": str(Invitation.objects.get().pk)})
    assert Invitation.objects.get().cancelled_at


@pytest.mark.parametrize("role", [MemberRole.CLERK, MemberRole.BOOKKEEPER])
def test_others_change_nothing_of_the_people_the_tills_or_the_account(town: JoiningTown, role: MemberRole) -> None:
    client, merchant = colleague(town, role), town.store.merchant
    owner = MerchantMember.objects.get(user=town.shop_person())

    answers = [
        client.post(reverse("portal:people", args=[merchant.pk]), {"do": "remove", "row": str(owner.pk)}),
        client.post(reverse("portal:store-tills", args=[town.store.pk]), {"do": "add", "name": "新しいレジ"}),
        client.get(reverse("portal:account-change", args=[merchant.pk])),
        client.post(reverse("portal:account-stop", args=[merchant.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert MerchantMember.objects.filter(pk=owner.pk).exists()
    assert Till.objects.filter(store=town.store).count() == 1


def test_a_clerk_sees_neither_the_account_nor_the_business(town: JoiningTown) -> None:
    account = an_account(town)
    pages = [ACCOUNTS, f"{ACCOUNTS}{account.pk}/change/", "/portal/merchants/merchant/"]

    clerk, bookkeeper = colleague(town, MemberRole.CLERK), colleague(town, MemberRole.BOOKKEEPER)

    assert [clerk.get(page).status_code for page in pages] == [403, 403, 403]
    for page in pages:
        shown = bookkeeper.get(page)
        assert shown.status_code == 200
        assert account.number not in shown.content.decode()


def an_account(town: JoiningTown) -> BankAccount:
    account: BankAccount = BankAccount.objects.create(
        region=town.region,
        merchant=town.store.merchant,
        bank_code="0130",
        bank_name="常陽",
        bank_kana="ｼﾞﾖｳﾖｳ",
        branch_code="036",
        branch_name="鹿島",
        branch_kana="ｶｼﾏ",
        number="7654321",
        holder_kana="ｶ)ｶｼﾏ",
        requested_by=town.shop_person(),
        effective_at=timezone.now(),
    )
    return account


# The account at the portal.

BANK = {"where": "bank", "bank": "常陽", "branch": "036", "kind": "1", "number": "1234567", "holder": "カ）カシマ"}


def proved(user: User, *, ago: timedelta = timedelta()) -> Client:
    client = signed_in(user)
    session = client.session
    at = (timezone.now() - ago).timestamp()
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": at}]
    session.save()
    return client


def test_an_owner_asks_for_an_account_after_the_second_factor_and_sees_it_masked(town: JoiningTown) -> None:
    owner = town.shop_person()
    page = reverse("portal:account-change", args=[town.store.merchant.pk])
    without = Client()
    without.force_login(owner)
    assert "/2fa/" in without.get(page)["Location"]
    client = proved(owner)

    understood = client.post(page, BANK).content.decode()
    assert "ｶ)ｶｼﾏ" in understood
    assert not BankAccount.objects.exists()
    client.post(page, {**BANK, "confirmed": "1"})

    account = BankAccount.objects.get()
    assert (account.bank_code, account.branch_code, account.number) == ("0130", "036", "1234567")
    shown = client.get(ACCOUNTS).content.decode()
    assert "••••567" in shown
    assert "1234567" not in shown
    client.post(reverse("portal:account-stop", args=[town.store.merchant.pk]))
    account.refresh_from_db()
    assert account.end == "stopped"


def test_a_second_factor_of_this_morning_is_not_enough(town: JoiningTown) -> None:
    page = reverse("portal:account-change", args=[town.store.merchant.pk])

    proved(town.shop_person(), ago=timedelta(hours=2)).post(page, {**BANK, "confirmed": "1"})

    assert not BankAccount.objects.exists()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"bank": "ない銀行"}, "ない銀行"),
        ({"bank": "信用"}, "候補が複数"),
        ({"bank": "ゆうちょ", "branch": "078"}, "記号・番号"),
        ({"branch": "999"}, "999"),
        ({"number": "12345678"}, "7桁"),
        ({"holder": "鹿嶋商店"}, "鹿"),
        ({"holder": ""}, "カナ"),
        ({"where": "yucho", "symbol": "20740", "yucho_number": "12345671"}, "記号は5桁"),
        ({"where": "yucho", "symbol": "10740", "yucho_number": "12345672"}, "番号は8桁"),
    ],
)
def test_what_is_wrong_with_an_account_is_named(town: JoiningTown, changed: dict[str, Any], named: str) -> None:
    page = reverse("portal:account-change", args=[town.store.merchant.pk])

    shown = proved(town.shop_person()).post(page, {**BANK, **changed, "confirmed": "1"})

    assert named in shown.content.decode()
    assert not BankAccount.objects.exists()


def test_an_owner_renames_closes_and_adds_tills(town: JoiningTown) -> None:
    client, page = signed_in(town.shop_person()), reverse("portal:store-tills", args=[town.store.pk])
    row = {"row": str(town.till.pk)}

    client.post(page, {"do": "rename", "name": "表のレジ", **row})
    client.post(page, {"do": "close", **row})
    town.till.refresh_from_db()
    assert (town.till.name, town.till.is_active) == ("表のレジ", False)
    client.post(page, {"do": "open", **row})
    client.post(page, {"do": "add", "name": "裏のレジ"})
    again = client.post(page, {"do": "add", "name": "裏のレジ"}, follow=True)

    assert "同じ名前のレジ" in again.content.decode()
    assert set(town.store.tills.filter(is_active=True).values_list("name", flat=True)) == {"表のレジ", "裏のレジ"}
