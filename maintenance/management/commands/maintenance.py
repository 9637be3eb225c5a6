"""`manage.py maintenance open|close|list`: the switch for who has a terminal and no browser."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from maintenance.errors import AlreadyOpen, EndsTooEarly, MaintenanceProblem, MessageTooLong, TimeNotUnderstood
from maintenance.models import Scope, State, Window
from maintenance.times import parse_instant
from maintenance.windows import close_all, open_window
from regions.models import Region

ALL = "all"
SAID: dict[type[MaintenanceProblem], str] = {
    AlreadyOpen: "this is in force already: close it first",
    EndsTooEarly: "--until is not after the start",
    MessageTooLong: "the message is longer than 500 characters",
    TimeNotUnderstood: "a time is ISO 8601 or like +30m, +2h, +1d",
}


class Command(BaseCommand):
    help = "Switches the maintenance screen of a region or of all, wholly or for payments or sales alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        opening = self._action(actions, "open", needs_region=True)
        opening.add_argument("--scope", choices=Scope.values, default=Scope.ALL)
        opening.add_argument("--from", dest="start", help="when it begins; without it, now")
        opening.add_argument("--until", help="expected end, ISO 8601 or +30m: told to people, ends nothing")
        opening.add_argument("--message", default="", help="shown to residents and shops")
        opening.add_argument("--message-en", default="", help="the same in English")
        closing = self._action(actions, "close", needs_region=True)
        closing.add_argument("--scope", choices=Scope.values, help="only this; without it, whatever is in force")
        listing = self._action(actions, "list", needs_region=False)
        listing.add_argument("--past", action="store_true", help="those that have ended, too")

    def _action(self, actions: Any, name: str, *, needs_region: bool) -> ArgumentParser:
        parser: ArgumentParser = actions.add_parser(name)
        parser.add_argument("--region", required=needs_region, help="a region's identifier, or all")
        parser.add_argument("--json", action="store_true", dest="as_json")
        return parser

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        region = _region(options["region"]) if options["region"] else None
        # What a terminal prints is for operators and their scripts: one language, whoever is signed in.
        with translation.override("en"):
            try:
                windows = getattr(self, f"_{action}")(region, options)
            except MaintenanceProblem as problem:
                raise CommandError(SAID.get(type(problem), type(problem).__name__)) from problem
            self._print(windows, as_json=options["as_json"])

    def _open(self, region: Region | None, options: dict[str, Any]) -> list[Window]:
        now = timezone.now()
        return [
            open_window(
                region=region,
                scope=Scope(options["scope"]),
                by=None,
                message=options["message"],
                message_en=options["message_en"],
                starts_at=_instant(options["start"], region, now),
                expected_until=_instant(options["until"], region, now),
                now=now,
            )
        ]

    def _close(self, region: Region | None, options: dict[str, Any]) -> list[Window]:
        scope = Scope(options["scope"]) if options["scope"] else None
        return close_all(region=region, scope=scope, by=None)

    def _list(self, region: Region | None, options: dict[str, Any]) -> list[Window]:
        windows = Window.objects.select_related("region", "opened_by", "closed_by").order_by("starts_at")
        if options["region"]:
            windows = windows.of(region)
        return list(windows if options["past"] else windows.not_closed())

    def _print(self, windows: list[Window], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps([_facts(window) for window in windows], ensure_ascii=False))
        elif windows:
            rows = [("REGION", "SCOPE", "STATE", "FROM", "EXPECTED END", "MESSAGE"), *map(_row, windows)]
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
            for row in rows:
                cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                self.stdout.write("  ".join(cells).rstrip())
        else:
            self.stdout.write("no maintenance window")


def _region(slug: str) -> Region | None:
    if slug == ALL:
        return None
    region = Region.objects.filter(slug=slug).first()
    if region is None:
        raise CommandError(f"there is no region {slug}")
    return region


def _instant(text: str | None, region: Region | None, now: datetime) -> datetime | None:
    tz = region.tz if region else timezone.get_default_timezone()
    return parse_instant(text, now=now, tz=tz) if text else None


def _facts(window: Window) -> dict[str, Any]:
    return {
        "id": str(window.pk),
        "region": window.region.slug if window.region else ALL,
        "scope": window.scope,
        "state": window.state(timezone.now()).value,
        "starts_at": window.starts_at.isoformat(),
        "expected_until": window.expected_until.isoformat() if window.expected_until else None,
        "closed_at": window.closed_at.isoformat() if window.closed_at else None,
        "message": window.message,
    }


def _row(window: Window) -> tuple[str, ...]:
    facts = _facts(window)
    return (
        facts["region"],
        facts["scope"],
        State(facts["state"]).value,
        _clock(window, window.starts_at),
        _clock(window, window.expected_until) if window.expected_until else "-",
        window.message.splitlines()[0] if window.message else "-",
    )


def _clock(window: Window, at: datetime) -> str:
    tz = window.region.tz if window.region else timezone.get_default_timezone()
    return f"{at.astimezone(tz):%Y-%m-%d %H:%M %Z}"
