"""How well a function works, by what its rows say: the rule over plain values, and the words for it."""

from dataclasses import dataclass
from enum import StrEnum

# Seconds. A payment that is verified normally is decided in a fraction of one.
SLOW = 3.0
STUCK = 10.0
# A payment is given up after 10 s; its value is back in the next second or two if the notary answers.
NOT_RETURNED = 20.0
RESOLVER_SILENT = 10.0


class Level(StrEnum):
    """Statuspage's words for a component, from best to worst but for maintenance, which is meant."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded_performance"
    PARTIAL = "partial_outage"
    MAJOR = "major_outage"
    MAINTENANCE = "under_maintenance"


class Function(StrEnum):
    PAYMENTS = "payments"
    WALLET = "wallet"
    PORTAL = "portal"
    SALES = "sales"


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What the rows say of one region's payments; ages in seconds, counts of the last minute."""

    oldest_pending: float = 0.0
    oldest_voiding: float = 0.0
    # A probe of the whole way, made also when nobody pays.
    probe_late: float = 0.0
    recent: int = 0
    recent_given_up: int = 0
    is_notary_away: bool = False
    is_guaranteed: bool = False
    resolver_silent: float = 0.0


def payments_level(facts: PaymentFacts, *, is_closed: bool) -> Level:
    """Closed on purpose; else out, if payments end unpaid; else degraded, if they are late or watched by nobody."""
    if is_closed:
        return Level.MAINTENANCE
    if _is_out(facts):
        return Level.MAJOR
    if _is_degraded(facts):
        return Level.DEGRADED
    return Level.OPERATIONAL


def plain_level(*, is_closed: bool) -> Level:
    """Of a function that works whenever its page can be asked for."""
    return Level.MAINTENANCE if is_closed else Level.OPERATIONAL


def _is_out(facts: PaymentFacts) -> bool:
    # A region that guarantees its payments goes on without the notary.
    stopped = (facts.is_notary_away or facts.probe_late > STUCK) and not facts.is_guaranteed
    half_given_up = facts.recent > 0 and facts.recent_given_up * 2 >= facts.recent
    return stopped or facts.oldest_pending > STUCK or facts.oldest_voiding > NOT_RETURNED or half_given_up


def _is_degraded(facts: PaymentFacts) -> bool:
    return (
        facts.is_notary_away
        or max(facts.oldest_pending, facts.probe_late) > SLOW
        or facts.recent_given_up > 0
        or facts.resolver_silent > RESOLVER_SILENT
    )
