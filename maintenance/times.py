"""Instants as people give them and as they are told: in the region's own time."""

import re
from datetime import datetime, timedelta, tzinfo

from django.utils import dateformat
from django.utils.translation import gettext as _

from maintenance.errors import TimeNotUnderstood

DURATION = re.compile(r"\+(\d{1,4})([mhd])")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def parse_instant(text: str, *, now: datetime, tz: tzinfo) -> datetime:
    """`+30m`, `+2h`, `+1d`, or ISO 8601; a time without an offset is in `tz`. Raise TimeNotUnderstood."""
    if match := DURATION.fullmatch(text.strip()):
        return now + timedelta(**{UNITS[match[2]]: int(match[1])})
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as problem:
        raise TimeNotUnderstood(text) from problem
    return instant if instant.tzinfo else instant.replace(tzinfo=tz)


def say_instant(at: datetime, *, tz: tzinfo) -> str:
    """Day and time as they are said, in the reader's language."""
    # Translators: a date format of Django, for example n月j日(D) H:i
    return dateformat.format(at.astimezone(tz), _("D j F, H:i"))
