"""The rule from facts to levels, row by row."""

import pytest

from maintenance.levels import Level, PaymentFacts, payments_level, plain_level

ROWS = [
    ("quiet", PaymentFacts(), Level.OPERATIONAL),
    ("busy and quick", PaymentFacts(oldest_pending=0.4, recent=200), Level.OPERATIONAL),
    ("as slow as may be", PaymentFacts(oldest_pending=3.0, recent=10), Level.OPERATIONAL),
    ("slow", PaymentFacts(oldest_pending=3.1, recent=10), Level.DEGRADED),
    ("at the end of patience", PaymentFacts(oldest_pending=10.0, recent=10), Level.DEGRADED),
    ("stuck", PaymentFacts(oldest_pending=10.1, recent=10), Level.MAJOR),
    ("one of many given up", PaymentFacts(recent=100, recent_given_up=1), Level.DEGRADED),
    ("nearly half given up", PaymentFacts(recent=101, recent_given_up=50), Level.DEGRADED),
    ("half given up", PaymentFacts(recent=100, recent_given_up=50), Level.MAJOR),
    ("the only one given up", PaymentFacts(recent=1, recent_given_up=1), Level.MAJOR),
    ("being returned", PaymentFacts(oldest_voiding=12.0), Level.OPERATIONAL),
    ("not returned", PaymentFacts(oldest_voiding=21.0), Level.MAJOR),
    ("notary away", PaymentFacts(is_notary_away=True), Level.MAJOR),
    ("notary away, guaranteed", PaymentFacts(is_notary_away=True, is_guaranteed=True), Level.DEGRADED),
    ("resolver alive", PaymentFacts(resolver_silent=10.0), Level.OPERATIONAL),
    ("resolver silent", PaymentFacts(resolver_silent=10.1), Level.DEGRADED),
    ("resolver never seen", PaymentFacts(resolver_silent=float("inf")), Level.DEGRADED),
    ("everything at once", PaymentFacts(60, 60, 10, 10, True, False, 60), Level.MAJOR),
]


@pytest.mark.parametrize(("facts", "level"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_each_row_of_facts_has_its_level(facts: PaymentFacts, level: Level) -> None:
    assert payments_level(facts, is_closed=False) is level


@pytest.mark.parametrize("facts", [row[1] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_closed_on_purpose_is_called_so_whatever_the_facts(facts: PaymentFacts) -> None:
    assert payments_level(facts, is_closed=True) is Level.MAINTENANCE


def test_other_functions_work_unless_they_are_closed() -> None:
    assert plain_level(is_closed=False) is Level.OPERATIONAL
    assert plain_level(is_closed=True) is Level.MAINTENANCE
