"""What every test may rely on: empty books that balance at the end, a notary of its own, a running stack."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import connection

from payments import breaker, waiting
from tests.books import assert_books_balance
from tests.notaries import FaultyNotary, forget_notaries, notary_in_process
from tests.stack_process import Stack
from vouchers import notaries

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(autouse=True)
def notary(settings: object) -> Iterator[FaultyNotary]:
    """The notary that the test's regions use; it can be cut off."""
    notaries._client.cache_clear()
    forget_notaries()
    breaker.forget()
    yield notary_in_process(settings.NOTARY_URL)  # type: ignore[attr-defined]
    notaries._client.cache_clear()


@pytest.fixture(autouse=True)
def _books(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test that touches the platform's database ends with books that balance."""
    yield
    # The thread that waits for outcomes lets go of the test's database before that is dropped.
    waiting._listener.close()
    marker = request.node.get_closest_marker("django_db")
    if marker and "default" in (marker.kwargs.get("databases") or ["default"]) and not connection.needs_rollback:
        assert_books_balance()


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """Limits on guessing that one test has used up are not the next one's."""
    if request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole platform with the demo's data, as real processes, one for the session."""
    with Stack(options=("--port", "0")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium without a screen."""
    if not CHROMIUM.exists():
        message = "chromium is not installed (apt-get install chromium fonts-noto-cjk)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # The driver runs an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 a slow import that few tests need

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of whole processes can be told apart."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "stack" in names:
            item.add_marker(pytest.mark.stack)
