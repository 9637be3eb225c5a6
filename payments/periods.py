"""Periods of whole days in a region's own time zone, as a bookkeeper asks for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day's beginning to the last day's end; a missing day leaves that side open."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def of_month(cls, day: date) -> Self:
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        return cls(first, following - timedelta(days=1))

    def starts_at(self, tz: ZoneInfo) -> datetime | None:
        return datetime.combine(self.first, time.min, tzinfo=tz) if self.first else None

    def ends_before(self, tz: ZoneInfo) -> datetime | None:
        """The first instant that is no longer in the period."""
        return datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=tz) if self.last else None


def read_day(text: str | None) -> date | None:
    """A day as a form sends it; what is no day is as good as none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def quick_periods(today: date) -> Iterator[tuple[str, Period]]:
    """The periods that are asked for most, by name."""
    yesterday = today - timedelta(days=1)
    yield _("Today"), Period(today, today)
    yield _("Yesterday"), Period(yesterday, yesterday)
    yield _("This month"), Period.of_month(today)
    yield _("Last month"), Period.of_month(today.replace(day=1) - timedelta(days=1))
