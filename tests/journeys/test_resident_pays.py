"""A resident at a till, from the shop's QR to the line in the history, in a real browser on a narrow screen."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.pages import Telephone
from tests.stack_process import Stack
from tests.tills import Resident

pytestmark = pytest.mark.journey

MakePhone = Callable[..., Telephone]


@pytest.fixture
def telephone(browser: Browser, stack: Stack) -> Iterator[MakePhone]:
    """Make telephones that are put away when the test ends."""
    opened: list[Telephone] = []

    def make(**options: Any) -> Telephone:
        opened.append(Telephone(browser, stack.ready["web"], **options).__enter__())
        return opened[-1]

    yield make
    for phone in opened:
        phone.context.close()


@pytest.fixture
def signed_in(telephone: MakePhone) -> MakePhone:
    """Make telephones on which a demo resident of Kashima has signed in."""

    def make(number: int, region: str = "kashima", **options: Any) -> Telephone:
        phone = telephone(**options)
        phone.open(f"/accounts/login/?next=/{region}/")
        phone.sign_in(f"resident{number}@{region}.example")
        return phone

    return make


@pytest.fixture(scope="module")
def app(stack: Stack) -> Callable[[int, str], Resident]:
    """The same people through the API: what was really paid."""

    def make(number: int, region: str = "kashima") -> Resident:
        return Resident(stack.ready["web"], region, number)

    return make


def payments_of(person: Resident) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.get("payments").json()["results"]
    return found


def till_for(person: Resident) -> str:
    """A till at which all of the person's ticket types are good, or most of them."""
    return max((till for store in person.get("stores").json()[:12] for till in store["tills"]), key=_good_at(person))


def _good_at(person: Resident) -> Callable[[str], int]:
    return lambda till: int(person.get(f"tills/{till}").json()["balance"])


def test_from_the_shops_qr_to_the_line_in_the_history(telephone: MakePhone, app: Any) -> None:
    person = app(21)
    till, phone = till_for(person), telephone()
    before = person.get("wallet").json()["balance"]

    page = phone.open(f"/kashima/pay/{till}/")
    phone.sign_in("resident21@kashima.example")
    expect(page).to_have_url(f"{phone.web}/kashima/pay/{till}/")
    expect(page.get_by_text("この店で使えます")).to_be_visible()
    phone.type_amount("1,234")
    expect(page.get_by_text("1,234円").first).to_be_visible()
    phone.press_pay()
    phone.wait_until_paid()

    expect(page.get_by_text("1,234円").first).to_be_visible()
    expect(page.locator(".proof-word")).not_to_be_empty()
    number = page.get_by_text("支払い番号").locator("xpath=following::dd[1]").inner_text()
    page = phone.open("/kashima/history/")
    expect(page.get_by_text("1,234円").first).to_be_visible()
    (made,) = payments_of(person)
    assert (made["number"], made["status"], made["amount"]) == (number, "completed", 1234)
    assert person.get("wallet").json()["balance"] == before - 1234


def test_it_works_without_javascript(signed_in: MakePhone, app: Any) -> None:
    person = app(22)
    phone = signed_in(22, javascript=False)

    phone.open(f"/kashima/pay/{till_for(person)}/")
    phone.type_amount("３２１")
    phone.press_pay()

    expect(phone.page.get_by_role("heading", name="支払い完了")).to_be_visible(timeout=20_000)
    assert [payment["amount"] for payment in payments_of(person)] == [321]


def test_the_keypad_types_the_amount(signed_in: MakePhone, app: Any) -> None:
    phone = signed_in(23)
    page = phone.open(f"/kashima/pay/{till_for(app(23))}/")

    for key in ("1", "2", "00", "back", "5"):
        page.locator(f'[data-key="{key}"]').tap()

    assert page.locator("#amount").input_value().replace(",", "") == "1205"


def test_a_double_tap_pays_once(signed_in: MakePhone, app: Any) -> None:
    person = app(24)
    phone = signed_in(24)
    phone.open(f"/kashima/pay/{till_for(person)}/")
    phone.type_amount("150")

    phone.page.locator("form[data-once] button[type=submit]").dblclick()
    phone.wait_until_paid()

    assert [payment["amount"] for payment in payments_of(person)] == [150]


def test_going_back_and_reloading_never_pays_again(signed_in: MakePhone, app: Any) -> None:
    person = app(25)
    phone = signed_in(25)
    page = phone.open(f"/kashima/pay/{till_for(person)}/")
    phone.type_amount("160")
    phone.press_pay()
    phone.wait_until_paid()
    paid_at = page.url

    page.reload()
    expect(page).to_have_url(paid_at)
    page.go_back()
    # The question leads to what was paid with it; where the browser kept a copy, its button does.
    if page.locator("form[data-once]").count():
        phone.press_pay()
    expect(page).to_have_url(paid_at)
    page.reload()

    assert [payment["amount"] for payment in payments_of(person)] == [160]


def test_two_open_copies_of_the_last_page_pay_once(signed_in: MakePhone, app: Any) -> None:
    person = app(26)
    phone = signed_in(26)
    phone.open(f"/kashima/pay/{till_for(person)}/")
    phone.type_amount("170")
    second = phone.context.new_page()
    second.goto(phone.page.url)

    phone.press_pay()
    second.locator("form[data-once] button[type=submit]").click()
    second.wait_for_url("**/payments/**")

    assert second.url == phone.page.url
    assert len(payments_of(person)) == 1


def test_a_wrong_till_and_one_of_another_region_are_told_alike(signed_in: MakePhone, app: Any) -> None:
    elsewhere = app(27, "shiosai").till()
    phone = signed_in(27)
    told = []

    for code in ("NOSUCH99", elsewhere):
        assert phone.page.goto(f"{phone.web}/kashima/pay/{code}/").status == 404
        page = phone.open("/kashima/pay/")
        page.locator('input[name="code"]').fill(code)
        page.locator('main form button[type="submit"]').click()
        told.append(page.locator("#code-problem").inner_text())

    assert told[0] == told[1]
    assert told[0]


def test_who_has_too_little_reads_how_much_to_pay_in_cash(signed_in: MakePhone, app: Any) -> None:
    person = app(28)
    till = till_for(person)
    good = person.get(f"tills/{till}").json()["balance"]
    phone = signed_in(28)

    phone.open(f"/kashima/pay/{till}/")
    phone.type_amount(str(good + 400))

    expect(
        phone.page.get_by_text(f"この店で使える券は {good:,}円です。あと 400円は現金などでお支払いください。")
    ).to_be_visible()
    assert payments_of(person) == []


def test_the_language_changes_and_the_page_stays(signed_in: MakePhone, app: Any) -> None:
    phone = signed_in(29)
    page = phone.open(f"/kashima/pay/{till_for(app(29))}/")
    address = page.url

    page.get_by_role("button", name="English").click()

    expect(page).to_have_url(address)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_text("Amount to pay")).to_be_visible()


def test_another_persons_payment_cannot_be_opened(signed_in: MakePhone, app: Any) -> None:
    person = app(30)
    payment = person.pay(till_for(person), 100).body["id"]
    phone = signed_in(31)

    assert phone.page.goto(f"{phone.web}/kashima/payments/{payment}/").status == 404
    assert phone.page.goto(f"{phone.web}/shiosai/").status == 200
    expect(phone.page.get_by_text("0000-11-0000").first).to_be_visible()
