"""What the residents' journeys share: a telephone, a person who signs in on it, and who looks at the page."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

PASSWORD = "hansatsu-demo"
WIDTH, HEIGHT = 390, 844
AXE = Path(__file__).parent.parent / "vendor" / "axe" / "axe.min.js"
LANGUAGES = {"ja": "ja-JP", "en": "en-GB"}


@dataclass
class Telephone:
    """A narrow browser of its own, with nobody signed in."""

    browser: Browser
    web: str
    language: str = "ja"
    javascript: bool = True
    bypass_csp: bool = False
    width: int = WIDTH
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)

    def __enter__(self) -> "Telephone":
        self.context = self.browser.new_context(
            viewport={"width": self.width, "height": HEIGHT},
            locale=LANGUAGES[self.language],
            has_touch=True,
            java_script_enabled=self.javascript,
            bypass_csp=self.bypass_csp,
        )
        self.page = self.context.new_page()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.context.close()

    def open(self, path: str) -> Page:
        self.page.goto(self.web + path)
        return self.page

    def sign_in(self, email: str) -> None:
        """Fill in the sign-in page that is open."""
        self.page.fill('input[name="login"]', email)
        self.page.fill('input[name="password"]', PASSWORD)
        self.page.locator('main form:has(input[name="password"]) button[type="submit"]').first.click()
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)

    def type_amount(self, amount: str) -> None:
        self.page.fill("#amount", amount)
        self.page.locator("form[data-amount] button[type=submit]").click()

    def press_pay(self) -> None:
        self.page.locator("form[data-once] button[type=submit]").click()
        self.page.wait_for_url("**/payments/**")

    def wait_until_paid(self) -> None:
        """Under load the page says 確認中 first, and changes by itself."""
        self.page.get_by_role("heading", name="支払い完了").wait_for(timeout=20_000)

    def width_of_content(self) -> int:
        wide: int = self.page.evaluate("document.documentElement.scrollWidth")
        return wide

    def violations(self) -> list[str]:
        """What axe finds on the page, one line each; needs a context that bypasses the page's CSP."""
        self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [f"{v['id']}: {[node['html'][:160] for node in v['nodes'][:3]]}" for v in found["violations"]]
