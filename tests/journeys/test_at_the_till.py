"""What happens at a till between two screens: the shop sees the payment, takes a code, and a camera reads a QR."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.camera import film_of
from tests.journeys.pages import Telephone
from tests.stack_process import Stack
from tests.tills import Resident

pytestmark = pytest.mark.journey

SEEN_WITHIN = 3.0
CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")

SignIn = Callable[..., Telephone]


@pytest.fixture
def sign_in(browser: Browser, stack: Stack) -> Iterator[SignIn]:
    """Telephones and tablets on which somebody has signed in; put away when the test ends."""
    with ExitStack() as opened:

        def make(email: str, path: str, with_browser: Browser = browser, width: int = 390) -> Telephone:
            phone = opened.enter_context(Telephone(with_browser, stack.ready["web"], width=width))
            phone.open(f"/accounts/login/?next={path}")
            phone.sign_in(email)
            return phone

        yield make


def place_for(person: Resident) -> tuple[str, str]:
    """The name of a store with one till, and the till's code: where most of the person's vouchers are good."""
    stores = [store for store in person.get("stores").json() if len(store["tills"]) == 1][:8]
    tills = [(store["name"], store["tills"][0]) for store in stores]
    return max(tills, key=lambda place: int(person.get(f"tills/{place[1]}").json()["balance"]))


def seen_after(page: Page, selector: str, since: float) -> float:
    page.locator(selector).first.wait_for(timeout=15_000)
    return time.monotonic() - since


def take(shop: Telephone, store: str, digits: str, amount: str) -> None:
    """The shop's person chooses the till and types what the customer shows."""
    page = shop.open("/portal/take/")
    page.locator("select[name=till]").select_option(
        page.locator("select[name=till] option", has_text=store).first.get_attribute("value")
    )
    page.fill("input[name=amount]", amount)
    page.fill("input[name=code]", digits)
    page.get_by_role("button", name="受け取る", exact=True).click()
    page.wait_for_url("**/portal/take/*-*/")


def digits_on(phone: Telephone) -> str:
    return phone.page.locator("[data-code-digits]").inner_text()


def test_the_shop_sees_a_payment_within_three_seconds(sign_in: SignIn, stack: Stack) -> None:
    person = Resident(stack.ready["web"], "kashima", 61)
    store, till = place_for(person)
    live = sign_in("shop@kashima.example", "/portal/")
    screen = sign_in("shop@kashima.example", "/portal/screen/", width=1280)
    screen.page.locator(".screen-choice a", has_text=store).first.click()
    live.page.locator("[data-live-state]", has_text="現在").wait_for()
    screen.page.locator("[data-screen-state]", has_text="現在").wait_for()

    answer = person.pay(till, 1237)
    since = time.monotonic()

    assert (answer.status, answer.body["status"]) == (201, "completed")
    assert seen_after(screen.page, '[data-screen-amount]:has-text("1,237円")', since) < SEEN_WITHIN
    assert seen_after(live.page, '.live-amount:has-text("1,237円")', since) < SEEN_WITHIN
    expect(screen.page.locator("[data-screen-word]")).not_to_have_text("–")


def test_the_shop_types_the_code_that_the_customer_shows(sign_in: SignIn, stack: Stack) -> None:
    person = Resident(stack.ready["web"], "kashima", 62)
    store, _till = place_for(person)
    shop = sign_in("shop@kashima.example", "/portal/")
    phone = sign_in("resident62@kashima.example", "/kashima/pay/code/")

    take(shop, store, digits_on(phone), "700")

    expect(shop.page.locator(".taken-success")).to_be_visible(timeout=15_000)
    expect(shop.page.locator(".taken-amount")).to_have_text("700円")
    phone.page.wait_for_url("**/payments/**", timeout=15_000)
    phone.wait_until_paid()
    expect(phone.page.get_by_text("700円").first).to_be_visible()
    assert [made["amount"] for made in person.get("payments").json()["results"]] == [700]


def test_the_big_screens_till_is_the_one_that_takes(sign_in: SignIn, stack: Stack) -> None:
    """A till chosen another day is not put in the place of the one that the address names."""
    shop = sign_in("shop@kashima.example", "/portal/take/")
    options = shop.page.locator("select[name=till] option")
    first, other = (options.nth(place).get_attribute("value") for place in (0, 1))
    shop.page.locator("select[name=till]").select_option(first)

    page = shop.open(f"/portal/take/?till={other}")

    page.wait_for_load_state("networkidle")
    expect(page.locator("select[name=till]")).to_have_value(str(other))


def test_the_camera_reads_the_tills_qr(browser: Browser, sign_in: SignIn, stack: Stack, tmp_path: Path) -> None:
    """This Chromium has no reader of its own, so it is ours that runs, under the page's own policy."""
    person = Resident(stack.ready["web"], "kashima", 64)
    _store, till = place_for(person)
    film = film_of(f"{stack.ready['web']}/kashima/pay/{till}/", tmp_path / "till.y4m")
    with_camera = browser.browser_type.launch(
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", "--disable-gpu", *CAMERA, f"--use-file-for-fake-video-capture={film}"],
    )
    try:
        phone = sign_in("resident64@kashima.example", "/kashima/pay/", with_camera)
        fetched: list[str] = []
        phone.page.on("request", lambda request: fetched.append(request.url))

        phone.page.locator("[data-scan-start]").tap()
        phone.page.wait_for_url(f"**/kashima/pay/{till}/", timeout=30_000)

        expect(phone.page.locator("#amount")).to_be_visible()
        assert [url for url in fetched if url.endswith("zxing_reader.wasm")]
        assert all(url.startswith((phone.web, "blob:")) for url in fetched)
    finally:
        with_camera.close()
