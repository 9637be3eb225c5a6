"""What people are told of an incident, in words that can be read out on the telephone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from maintenance.incident_words import cause_said, consequence
from maintenance.times import say_instant
from maintenance.watch.casebook import Case
from maintenance.watch.rows import Office


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: as an e-mail, and as a document for webhooks."""

    subject: str
    text: str
    document: dict[str, Any]


def letter_to_office(case: Case, office: Office) -> Letter:
    """To the secretariat of one region: it names no other."""
    return _letter(case, [office.name], is_guaranteed=office.is_guaranteed, slugs=[office.slug])


def letter_to_operators(case: Case, region_names: Sequence[str]) -> Letter:
    return _letter(case, region_names, is_guaranteed=None, slugs=[])


def _letter(case: Case, names: Sequence[str], *, is_guaranteed: bool | None, slugs: Sequence[str]) -> Letter:
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "regions": "、".join(names),
            "cause": cause_said(case.cause),
            "consequence": consequence(case.cause, is_guaranteed=is_guaranteed),
            "opened": _say(case.opened_at),
            "closed": _say(case.closed_at) if case.closed_at else "",
            "minutes": round((case.closed_at - case.opened_at).total_seconds() / 60) if case.closed_at else 0,
            "status_address": f"{settings.PUBLIC_URL}/{slugs[0]}/status/" if slugs else "",
            "address": f"{settings.PUBLIC_URL}/staff/maintenance/incident/{case.id}/change/",
        }
        subject = " ".join(render_to_string("maintenance/mail/subject.txt", context).split())
        text = render_to_string("maintenance/mail/incident.txt", context).strip() + "\n"
    return Letter(subject, text, {"text": f"{subject}\n{text}", "incident": _facts(case, slugs)})


def _facts(case: Case, slugs: Sequence[str]) -> dict[str, Any]:
    return {
        "id": str(case.id),
        "state": case.state,
        "cause": case.cause,
        "regions": list(slugs),
        "opened_at": case.opened_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
    }


def _say(at: datetime) -> str:
    return say_instant(at, tz=timezone.get_default_timezone())
