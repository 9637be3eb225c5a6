"""Why a shop is large or small, as people read it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from merchants.models import StoreDecision
from merchants.size_rule import Reason

REASONS: Mapping[str, Any] = {
    Reason.LOCAL_HEAD_OFFICE: _("by the rule: its head office is near"),
    Reason.DISTANT_HEAD_OFFICE: _("by the rule: its head office is elsewhere"),
    Reason.IN_LARGE_STORE: _("by the rule: it is inside a large store"),
    Reason.FLOOR_AREA: _("by the rule: its floor area"),
    Reason.CAPITAL: _("by the rule: the capital of the business"),
    Reason.NOTHING_LARGE: _("by the rule: nothing makes it large"),
    Reason.NOT_KNOWN: _("by the rule: small for now, since something is not known"),
}
MISSING: Mapping[str, Any] = {
    "floor_area": _("floor area"),
    "capital": _("capital"),
    "head_office": _("head office"),
}


def reason_words(decision: StoreDecision) -> str:
    """The part of the rule, or what the person wrote."""
    return decision.reason if decision.by_id else str(REASONS.get(decision.reason, decision.reason))
