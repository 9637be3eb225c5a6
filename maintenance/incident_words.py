"""Causes, consequences and events of incidents in words for people who run a town hall's desk."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maintenance.models import Cause, EventKind, IncidentState

Words = str | Promise

CAUSES: dict[Cause, Words] = {
    Cause.NOTARY: _("The double-spend notary does not work properly."),
    Cause.NOTARY_NETWORK: _("The way to the double-spend notary is disturbed."),
    Cause.DATABASE: _("The platform's database does not answer."),
    Cause.REDIS: _("Redis, which speeds payments up, does not answer."),
    Cause.WORKERS: _("A process that finishes payments does not work."),
    Cause.WEB: _("The web servers do not answer."),
    Cause.UNKNOWN: _("Payments stand still; the cause is not known yet."),
}
NOTHING_WORKS = frozenset({Cause.DATABASE, Cause.WEB})
ONLY_SLOWER = frozenset({Cause.REDIS, Cause.WORKERS})
TONES: dict[IncidentState, str] = {
    IncidentState.INVESTIGATING: "danger",
    IncidentState.IDENTIFIED: "danger",
    IncidentState.MONITORING: "warning",
    IncidentState.RESOLVED: "success",
}
WAITS: dict[str, Words] = {
    "rows": _("the database to be read again"),
    "probes": _("the probes of the whole way to pass"),
    "in_doubt": _("the last payment in doubt to be decided"),
    "log": _("the notary's log to be read to its end"),
    "differences": _("differences to become zero"),
}


EVIDENCE: dict[str, Words] = {
    "no_answer": _("no answer"),
    "restarted": _("it was started again"),
    "workers_silent": _("the workers are silent"),
    "resolver_silent": _("the resolver is silent"),
    "late": _("decisions are late"),
    "connect": _("no connection"),
    "timeout": _("decisions do not arrive in time"),
    "reset": _("connections break"),
    "bad_answer": _("answers that cannot be understood"),
    "overloaded": _("the notary says that it is overloaded"),
    "not_ready": _("the notary says that its database is away"),
    "not_authentic": _("answers that do not prove themselves"),
    "rejected": _("the notary rejects calls"),
    "restored": _("the notary goes on from an older copy"),
    "slow": _("decisions take too long"),
    "plain_answers": _("a plain question is answered at once"),
    "plain_slow": _("a plain question is answered slowly"),
    "plain_refused": _("its address refuses connections"),
    "plain_closed": _("its address hangs up"),
    "plain_silent": _("a plain question is not answered"),
    "plain_broken": _("a plain question is broken off"),
    "pending_stuck": _("a payment is being checked for too long"),
    "voiding_stuck": _("a payment is not given back"),
    "accepted_stuck": _("a guaranteed payment is not verified"),
    "refund_stuck": _("a refund is not verified"),
    "probe_stuck": _("a probe is not answered"),
}


def evidence_said(evidence: str) -> str:
    return " / ".join(str(EVIDENCE.get(word, word)) for word in evidence.split())


def cause_said(cause: str) -> str:
    return str(CAUSES[Cause(cause)])


def consequence(cause: str, *, is_guaranteed: bool | None) -> str:
    """What it means for payments. `is_guaranteed` says whether the region goes on without the notary, if it is one."""
    if cause in NOTHING_WORKS:
        return gettext("Payments are not possible. Nothing is lost: balances and payments already made are safe.")
    if cause in ONLY_SLOWER:
        return gettext("Payments go on and may take longer.")
    if cause == Cause.UNKNOWN:
        return gettext("Some payments are not finished. What is not paid is given back by itself.")
    if is_guaranteed is None:
        return gettext("Each region stops its payments or guarantees them, as it has chosen.")
    if is_guaranteed:
        return gettext("Payments go on up to the region's limits and are verified afterwards.")
    return gettext("Payments are refused at once, and nothing is taken from anybody.")


def waits_said(waiting_for: list[str]) -> list[str]:
    return [str(WAITS.get(wait, wait)) for wait in waiting_for]


def event_said(kind: str, facts: Mapping[str, Any]) -> str:
    """One line of the timeline."""
    evidence = evidence_said(facts.get("evidence", ""))
    lines: dict[str, str] = {
        EventKind.DETECTED: f"{_cause(facts)} ({evidence})",
        EventKind.IDENTIFIED: f"{_cause(facts)} ({evidence})",
        EventKind.WIDENED: gettext("%(count)s regions affected now") % {"count": facts.get("regions", "")},
        EventKind.TOLD: gettext("%(who)s by %(channel)s") % {"who": _who(facts), "channel": facts.get("channel", "")},
        EventKind.NOT_TOLD: f"{_who(facts)}: {facts.get('problem', '')}",
        EventKind.CLEARED: gettext("No disturbance is seen any more; it is being watched."),
        EventKind.RELAPSED: evidence,
        EventKind.CLOSED: gettext("after %(seconds)s seconds") % {"seconds": facts.get("seconds", "")},
    }
    return lines[kind]


def _cause(facts: Mapping[str, Any]) -> str:
    return cause_said(facts.get("cause", Cause.UNKNOWN))


def _who(facts: Mapping[str, Any]) -> str:
    return str(facts.get("region") or gettext("operators"))
