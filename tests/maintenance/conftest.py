"""Each test begins, and leaves others, with a process that knows of no window."""

from collections.abc import Iterator

import pytest

from maintenance import status
from maintenance.known import known
from regions.models import User
from tests.factories import Town, UserFactory


def forget() -> None:
    known.reset()
    status.forget()


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture
def town() -> Town:
    return Town(slug="kashima", name="鹿嶋市", name_en="Kashima")


@pytest.fixture
def neighbour() -> Town:
    return Town(slug="shiosai", name="潮騒市", name_en="Shiosai")


@pytest.fixture
def operator() -> User:
    user: User = UserFactory(is_operator=True)
    return user


@pytest.fixture
def rich_town() -> Town:
    """A town whose resident can pay; only where transactions are real, since the notary is asked."""
    return Town(balance=5_000, slug="kashima", name="鹿嶋市", name_en="Kashima", contact_phone="0299-00-0000")
