"""Functions, levels and windows in words that people use at a counter, in the reader's language."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maintenance.levels import Function, Level
from maintenance.models import State

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Said:
    """A word with its tone (of the style sheets: success, warning, danger, info, neutral)."""

    words: Words
    tone: str


FUNCTIONS: dict[Function, Words] = {
    Function.PAYMENTS: _("Payments at shops"),
    Function.WALLET: _("Balance and history"),
    Function.PORTAL: _("Shops' portal"),
    Function.SALES: _("Applications and purchases"),
}
LEVELS: dict[Level, Said] = {
    Level.OPERATIONAL: Said(_("Working normally"), "success"),
    Level.DEGRADED: Said(_("Slower than usual"), "warning"),
    Level.PARTIAL: Said(_("Partly out of order"), "danger"),
    Level.MAJOR: Said(_("Out of order"), "danger"),
    Level.MAINTENANCE: Said(_("Stopped for maintenance"), "info"),
}
STATES: dict[State, Said] = {
    State.OPEN: Said(_("in force"), "danger"),
    State.SCHEDULED: Said(_("scheduled"), "info"),
    State.ENDED: Said(_("ended"), "neutral"),
}


def function_words(function: Function) -> str:
    return str(FUNCTIONS[function])


def level_said(level: Level) -> Said:
    return LEVELS[level]


def overall_said(levels: list[Level]) -> Said:
    """One sentence for all functions of a region."""
    worst = max(levels, key=WORST.index)
    return OVERALL[worst]


WORST = (Level.OPERATIONAL, Level.MAINTENANCE, Level.DEGRADED, Level.PARTIAL, Level.MAJOR)
OVERALL: dict[Level, Said] = {
    Level.OPERATIONAL: Said(_("Everything is working normally."), "success"),
    Level.MAINTENANCE: Said(_("Part of the service is stopped for maintenance."), "info"),
    Level.DEGRADED: Said(_("Payments take longer than usual."), "warning"),
    Level.PARTIAL: Said(_("Part of the service is out of order."), "danger"),
    Level.MAJOR: Said(_("Payments are not possible at the moment."), "danger"),
}
