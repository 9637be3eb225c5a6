"""Dates as town halls write them: 2023-02-12, 2023/2/12, 20230212, 令和5年2月12日, R5.2.12, in half or full width."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _


class NoSuchDay(ValueError):
    """The text is no date, or one that never was; the message says which, to a person."""


@dataclass(frozen=True, slots=True)
class Era:
    """A Japanese era: its letter, and its first day. The first year may be written 元."""

    name: str
    letter: str
    begins_on: date


ERAS = (
    Era("明治", "M", date(1868, 10, 23)),
    Era("大正", "T", date(1912, 7, 30)),
    Era("昭和", "S", date(1926, 12, 25)),
    Era("平成", "H", date(1989, 1, 8)),
    Era("令和", "R", date(2019, 5, 1)),
)
WESTERN = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?(?: 0?0:00(?::00)?)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
JAPANESE = re.compile(r"([^\d元]{1,2})(\d{1,2}|元)(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")


def read_day(text: str) -> date:
    """The date that the text means; raise NoSuchDay."""
    plain = unicodedata.normalize("NFKC", text).strip()
    squeezed = re.sub(r"(?<=\D)\s+|\s+(?=\D)", "", plain)
    if found := WESTERN.fullmatch(plain) or WESTERN.fullmatch(squeezed) or COMPACT.fullmatch(plain):
        return _day(*(int(part) for part in found.groups()))
    if found := JAPANESE.fullmatch(squeezed):
        return _era_day(*found.groups())
    raise NoSuchDay(_("not a date such as 2022-04-01 or 令和4年4月1日"))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as problem:
        written = f"{year}-{month}-{day}"
        raise NoSuchDay(_("%(day)s is no day of the calendar") % {"day": written}) from problem


def _era_day(name: str, year: str, month: str, day: str) -> date:
    place = next(
        (n for n, era in enumerate(ERAS) if name in {era.name, era.name[0], era.letter, era.letter.lower()}), -1
    )
    if place < 0:
        raise NoSuchDay(_("there is no era %(era)s") % {"era": name})
    era = ERAS[place]
    number = 1 if year == "元" else int(year)
    found = _day(era.begins_on.year + number - 1, int(month), int(day))
    facts = {"era": era.name, "day": era.begins_on.isoformat()}
    if number < 1 or found < era.begins_on:
        raise NoSuchDay(_("%(era)s began on %(day)s only") % facts)
    if place + 1 < len(ERAS) and found >= ERAS[place + 1].begins_on:
        last = ERAS[place + 1].begins_on - timedelta(days=1)
        raise NoSuchDay(_("%(era)s ended on %(day)s") % {"era": era.name, "day": last.isoformat()})
    return found
