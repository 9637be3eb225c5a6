"""Every page of a resident, looked at by axe in both languages, and at twice the size on a narrow screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.pages import WIDTH, Telephone
from tests.stack_process import Stack
from tests.tills import Resident

pytestmark = pytest.mark.journey

ANYBODY = (
    "/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/kashima/status/",
    "/no-such-region/",
)
# `{till}`, `{payment}` and `{big}`, more than anybody has, are filled in.
RESIDENT = (
    "/kashima/",
    "/kashima/pay/",
    "/kashima/pay/code/",
    "/kashima/pay/?code=NOSUCH99",
    "/kashima/pay/{till}/",
    "/kashima/pay/{till}/confirm/?amount=abc",
    "/kashima/pay/{till}/confirm/?amount=100",
    "/kashima/pay/{till}/confirm/?amount={big}",
    "/kashima/payments/{payment}/",
    "/kashima/history/",
    "/shiosai/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/sessions/",
    "/accounts/logout/",
    "/accounts/2fa/",
)


@pytest.fixture(scope="module")
def facts(stack: Stack) -> dict[str, str]:
    person = Resident(stack.ready["web"], "kashima", 41)
    till = person.till()
    return {"till": till, "payment": str(person.pay(till, 100).body["id"]), "big": "900000"}


@pytest.fixture(params=["ja", "en"])
def reader(request: pytest.FixtureRequest, browser: Browser, stack: Stack) -> Iterator[Telephone]:
    with Telephone(browser, stack.ready["web"], language=request.param, bypass_csp=True) as phone:
        yield phone


@pytest.fixture
def half_width(browser: Browser, stack: Stack) -> Iterator[Telephone]:
    """At 200 % a screen of 390 points has room for 195."""
    with Telephone(browser, stack.ready["web"], width=WIDTH // 2) as phone:
        yield phone


def sign_in(phone: Telephone) -> None:
    phone.open("/accounts/login/?next=/kashima/")
    phone.sign_in("resident41@kashima.example")


def problems(phone: Telephone, paths: tuple[str, ...], facts: dict[str, str]) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        phone.open(path.format(**facts))
        found[path] = phone.violations()
    return {path: violations for path, violations in found.items() if violations}


def test_axe_finds_nothing_on_the_pages_for_everybody(reader: Telephone, facts: dict[str, str]) -> None:
    assert problems(reader, ANYBODY, facts) == {}


def test_axe_finds_nothing_on_the_pages_of_a_resident(reader: Telephone, facts: dict[str, str]) -> None:
    sign_in(reader)

    assert problems(reader, RESIDENT, facts) == {}


def test_axe_finds_nothing_where_a_code_is_typed(reader: Telephone) -> None:
    page = reader.open("/accounts/login/code/")
    page.locator('input[name="email"]').fill("resident42@kashima.example")
    page.locator('main form button[type="submit"]').first.click()
    code = page.locator('input[name="code"]')
    code.wait_for()

    assert code.get_attribute("autocomplete") == "one-time-code"
    assert code.get_attribute("inputmode") == "numeric"
    assert reader.violations() == []


def test_at_twice_the_size_nothing_scrolls_sideways(half_width: Telephone, facts: dict[str, str]) -> None:
    sign_in(half_width)

    wide = {}
    for path in RESIDENT:
        half_width.open(path.format(**facts))
        if (width := half_width.width_of_content()) > half_width.width:
            wide[path] = width

    assert wide == {}


def test_every_control_is_large_enough_for_a_finger(reader: Telephone, facts: dict[str, str]) -> None:
    sign_in(reader)

    small = {}
    for path in RESIDENT:
        reader.open(path.format(**facts))
        if found := reader.page.evaluate(SMALL_CONTROLS):
            small[path] = found

    assert small == {}


# Buttons, fields and links that stand by themselves; a link inside a sentence has the sentence's height.
SMALL_CONTROLS = """() => [...document.querySelectorAll('button, select, input:not([type=hidden]), a')]
    .filter((control) => {
        const box = control.getBoundingClientRect();
        const inline = control.tagName === 'A' && getComputedStyle(control).display === 'inline';
        const unseen = box.width < 2 || box.bottom < 0 || getComputedStyle(control).position === 'absolute';
        return !inline && !unseen && !['checkbox', 'radio'].includes(control.type) && box.height < 44;
    })
    .map((control) => `${control.outerHTML.slice(0, 120)} ${control.getBoundingClientRect().height}`)"""
