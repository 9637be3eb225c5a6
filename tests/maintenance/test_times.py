"""Times as people type them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from maintenance.errors import TimeNotUnderstood
from maintenance.times import parse_instant, say_instant

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2023, 1, 25, 7, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("+30m", NOW + timedelta(minutes=30)),
        ("+2h", NOW + timedelta(hours=2)),
        (" +1d ", NOW + timedelta(days=1)),
        ("2023-01-25T20:05", datetime(2023, 1, 25, 20, 5, tzinfo=TOKYO)),
        ("2023-01-25 20:05", datetime(2023, 1, 25, 20, 5, tzinfo=TOKYO)),
        ("2023-01-25T11:05Z", datetime(2023, 1, 25, 20, 5, tzinfo=TOKYO)),
    ],
)
def test_durations_and_instants_are_understood(text: str, instant: datetime) -> None:
    assert parse_instant(text, now=NOW, tz=TOKYO) == instant


@pytest.mark.parametrize("text", ["", "soon", "30m", "+m", "-30m", "+99999m", "25:00"])
def test_anything_else_is_named_and_refused(text: str) -> None:
    with pytest.raises(TimeNotUnderstood) as refusal:
        parse_instant(text, now=NOW, tz=TOKYO)
    assert refusal.value.text == text


def test_an_instant_is_said_in_the_regions_own_time() -> None:
    with translation.override("en"):
        assert say_instant(NOW, tz=TOKYO) == "Wed 25 January, 16:13"
