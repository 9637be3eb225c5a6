"""Maintenance windows: who may open, extend and close them, and what is closed now."""

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from maintenance.errors import (
    AlreadyEnded,
    AlreadyOpen,
    EndsTooEarly,
    MayNotSwitch,
    MessageTooLong,
    StartsInThePast,
)
from maintenance.known import known
from maintenance.models import Scope, State, Window
from regions.access import staffed_regions
from regions.models import Region, User

log = structlog.stdlib.get_logger(__name__)

MESSAGE_MAX = 500


def may_switch(user: User, region: Region | None) -> bool:
    """Operators switch every region and all at once; a secretariat switches its own."""
    if not user.is_active:
        return False
    return user.is_operator or (region is not None and staffed_regions(user).filter(pk=region.pk).exists())


def open_window(
    *,
    region: Region | None,
    scope: Scope,
    by: User | None,
    message: str = "",
    message_en: str = "",
    starts_at: datetime | None = None,
    expected_until: datetime | None = None,
    now: datetime | None = None,
) -> Window:
    """Close the scope of the region (None: of every region), now or at `starts_at`.

    Every process acts on it within 5 seconds of the start. `by` is None for the command line.
    Refusals, with nothing switched: MayNotSwitch, MessageTooLong, StartsInThePast, EndsTooEarly,
    AlreadyOpen.
    """
    at = now or timezone.now()
    check_switch(region, by)
    check_messages(message, message_en)
    check_times(starts_at=starts_at, expected_until=expected_until, now=at)
    if starts_at is None and (earlier := _in_force(region, scope, at)):
        raise AlreadyOpen(window_id=earlier.pk)
    window = Window.objects.create(
        region=region,
        scope=scope,
        message=message,
        message_en=message_en,
        starts_at=starts_at or at,
        expected_until=expected_until,
        opened_by=by,
        created_at=at,
    )
    _tell("maintenance window opened", window)
    return window


def extend_window(
    window: Window, *, expected_until: datetime | None, by: User | None, now: datetime | None = None
) -> None:
    """Tell people another expected end, or none. Raise MayNotSwitch, EndsTooEarly, AlreadyEnded."""
    check_switch(window.region, by)
    if expected_until and expected_until <= max(now or timezone.now(), window.starts_at):
        raise EndsTooEarly
    changed = Window.objects.not_closed().filter(pk=window.pk).update(expected_until=expected_until)
    if not changed:
        raise AlreadyEnded
    window.expected_until = expected_until
    _tell("maintenance window extended", window)


def close_window(window: Window, *, by: User | None, now: datetime | None = None) -> None:
    """End the window, or call off one that has not begun. Raise MayNotSwitch, AlreadyEnded."""
    check_switch(window.region, by)
    at = now or timezone.now()
    # Of two people who close it at the same moment, one does, and is the one who is named.
    closed = Window.objects.not_closed().filter(pk=window.pk).update(closed_at=at, closed_by=by)
    if not closed:
        raise AlreadyEnded
    window.closed_at, window.closed_by = at, by
    _tell("maintenance window closed", window)


def close_all(
    *, region: Region | None, scope: Scope | None, by: User | None, now: datetime | None = None
) -> list[Window]:
    """End whatever is in force for exactly this region (None: for all), of one scope or of any. Idempotent."""
    at = now or timezone.now()
    check_switch(region, by)
    windows = list(Window.objects.of(region).not_closed().open_at(at).select_related("region"))
    wanted = [window for window in windows if scope is None or window.scope == scope]
    for window in wanted:
        close_window(window, by=by, now=at)
    return wanted


def closed_for(slug: str | None, function: Scope, *, at: datetime | None = None) -> Window | None:
    """The window that closes the function in the region, as this process knows it; None if it is open.

    `Scope.ALL` asks whether everything is closed. Without a slug, only windows of all regions count.
    Looks at the database at most once a second and never fails with it.
    """
    moment = at or timezone.now()
    closing = [
        window
        for window in known.get().windows
        if window.holds_for(slug) and window.closes(function) and window.state(moment) is State.OPEN
    ]
    # What closes more is the better answer, then what the region itself says.
    return min(closing, key=lambda window: (window.scope != Scope.ALL, window.region_id is None), default=None)


def coming_for(slug: str, *, until: datetime, at: datetime | None = None) -> Window | None:
    """The next scheduled window of the region that begins before `until`."""
    moment = at or timezone.now()
    coming = [
        window
        for window in known.get().windows
        if window.holds_for(slug) and window.state(moment) is State.SCHEDULED and window.starts_at <= until
    ]
    return min(coming, key=lambda window: window.starts_at, default=None)


def check_switch(region: Region | None, by: User | None) -> None:
    if by is not None and not may_switch(by, region):
        raise MayNotSwitch


def check_messages(*messages: str) -> None:
    if any(len(message) > MESSAGE_MAX for message in messages):
        raise MessageTooLong(limit=MESSAGE_MAX)


def check_times(*, starts_at: datetime | None, expected_until: datetime | None, now: datetime) -> None:
    if starts_at is not None and starts_at <= now:
        raise StartsInThePast
    if expected_until is not None and expected_until <= (starts_at or now):
        raise EndsTooEarly


def _in_force(region: Region | None, scope: Scope, at: datetime) -> Window | None:
    return Window.objects.of(region).not_closed().open_at(at).filter(scope=scope).first()


def _tell(event: str, window: Window) -> None:
    slug = window.region.slug if window.region else "all"
    log.warning(event, region=slug, scope=window.scope, window=str(window.pk))
    # This process knows at once; the others look within a second of their next request.
    known.forget()
    transaction.on_commit(known.forget)
