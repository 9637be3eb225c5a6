"""An incident from the first sign to the all-clear, on an injected clock."""

from datetime import timedelta

from maintenance.models import Cause, EventKind, IncidentState
from maintenance.watch.casebook import Case, Casebook
from maintenance.watch.gate import Wait
from maintenance.watch.judgement import Trouble
from tests.watch.seeing import EVERYWHERE, KASHIMA, OWN, SHIOSAI, at, facts

CUT_OFF = Trouble(Cause.NOTARY_NETWORK, frozenset({KASHIMA}), "timeout", OWN)
NO_REDIS = Trouble(Cause.REDIS, EVERYWHERE, "no_answer")
SILENT = Trouble(Cause.WORKERS, EVERYWHERE, "workers are silent")
STRANGE = Trouble(Cause.UNKNOWN, frozenset({KASHIMA}), "a payment is being checked for 7 s")


def opened(trouble: Trouble = CUT_OFF) -> tuple[Casebook, Case]:
    book = Casebook()
    book.follow([trouble], facts(0), now=at(0))
    book.follow([trouble], facts(2), now=at(2))
    (case,) = book.cases
    return book, case


def kinds(case: Case) -> list[EventKind]:
    return [event.kind for event in case.events]


def test_a_cause_has_a_moment_to_show_itself_and_opens_one_incident() -> None:
    book = Casebook()
    book.follow([CUT_OFF], facts(0), now=at(0))
    assert book.cases == []

    for second in (2, 3, 4):
        book.follow([CUT_OFF], facts(second), now=at(second))

    (case,) = book.cases
    assert (case.opened_at, case.cause, case.regions) == (at(2), Cause.NOTARY_NETWORK, frozenset({KASHIMA}))
    assert case.state is IncidentState.IDENTIFIED
    assert kinds(case) == [EventKind.DETECTED]


def test_a_sign_that_passes_at_once_is_none() -> None:
    book = Casebook()
    book.follow([CUT_OFF], facts(0), now=at(0))
    book.follow([], facts(1), now=at(1))
    book.follow([CUT_OFF], facts(2), now=at(2))
    assert book.cases == []


def test_two_notaries_are_two_incidents() -> None:
    other = Trouble(Cause.NOTARY, frozenset({SHIOSAI}), "refused", None)
    book = Casebook()
    for second in (0, 2):
        book.follow([CUT_OFF, other], facts(second), now=at(second))
    assert {case.regions for case in book.cases} == {frozenset({KASHIMA}), frozenset({SHIOSAI})}


def test_what_is_only_an_echo_is_no_incident_of_its_own() -> None:
    book, redis = opened(NO_REDIS)
    # Redis is back, and the workers have not woken yet.
    book.follow([SILENT], facts(3), now=at(3))
    assert book.cases == [redis]
    assert redis.cleared_at is None


def test_a_cause_that_is_found_later_is_written_to_the_same_incident() -> None:
    book, case = opened(STRANGE)
    assert case.state is IncidentState.INVESTIGATING

    book.follow([CUT_OFF], facts(3), now=at(3))

    assert book.cases == [case]
    assert (case.cause, case.state, case.cluster_id) == (Cause.NOTARY_NETWORK, IncidentState.IDENTIFIED, OWN)
    assert kinds(case) == [EventKind.DETECTED, EventKind.IDENTIFIED]


def test_a_likely_cause_gives_way_to_one_that_was_seen_and_not_the_other_way_round() -> None:
    book, case = opened()
    likely = Trouble(Cause.NOTARY, frozenset({KASHIMA}), "timeout", OWN)
    book.follow([likely], facts(3), now=at(3))
    assert (case.cause, case.identified_at) == (Cause.NOTARY_NETWORK, at(2))

    seen = Trouble(Cause.NOTARY, frozenset({KASHIMA}), "restored", OWN, is_certain=True)
    book.follow([seen], facts(4), now=at(4))
    book.follow([CUT_OFF], facts(5), now=at(5))
    assert book.cases == [case]
    assert (case.cause, case.identified_at) == (Cause.NOTARY, at(4))


def test_further_regions_are_added() -> None:
    book, case = opened(Trouble(Cause.WORKERS, frozenset({KASHIMA}), "x"))
    book.follow([SILENT], facts(3), now=at(3))
    assert case.regions == EVERYWHERE
    assert EventKind.WIDENED in kinds(case)


def test_it_closes_when_the_gate_waits_for_nothing_and_not_before() -> None:
    book, case = opened()
    in_doubt = {"oldest_voiding": 30.0, "differences": 1, "probed_at": at(9)}

    book.follow([], facts(10, kashima=in_doubt), now=at(10))
    assert (case.state, case.cleared_at) == (IncidentState.MONITORING, at(10))
    assert case.waiting_for == (Wait.PROBES, Wait.IN_DOUBT, Wait.DIFFERENCES)

    # Probes pass, but for less than it takes to be believed; what is older than the end is still in doubt.
    book.follow([], facts(13, kashima={**in_doubt, "probed_at": at(13)}), now=at(13))
    assert case.waiting_for == (Wait.PROBES, Wait.IN_DOUBT, Wait.DIFFERENCES)
    book.follow([], facts(15, kashima={"oldest_pending": 2.0, "probed_at": at(14), "differences": 1}), now=at(15))
    assert case.waiting_for == (Wait.DIFFERENCES,)
    assert case.closed_at is None

    book.follow([], facts(16), now=at(16))
    assert (case.state, case.closed_at, case.waiting_for) == (IncidentState.RESOLVED, at(16), ())
    assert kinds(case) == [EventKind.DETECTED, EventKind.CLEARED, EventKind.CLOSED]


def test_facts_from_before_the_end_close_nothing() -> None:
    book, case = opened()
    book.follow([], facts(2), now=at(30))
    assert case.waiting_for == (Wait.ROWS,)


def test_the_notarys_log_must_have_been_read_since() -> None:
    book, case = opened()
    stale = facts(10)
    book.follow([], stale, now=at(10))
    later = facts(20)
    unread = type(later)(at=later.at, regions=later.regions, clusters=stale.clusters)
    # Read at the very moment of the end, not since.
    book.follow([], unread, now=at(20))
    assert case.waiting_for in ((), (Wait.LOG,))
    before = type(later)(at=later.at, regions=later.regions, clusters=facts(5).clusters)
    case.closed_at, case.state = None, IncidentState.MONITORING
    book.follow([], before, now=at(21))
    assert case.waiting_for == (Wait.LOG,)


def test_a_relapse_is_the_same_incident() -> None:
    book, case = opened()
    book.follow([], facts(10, kashima={"probed_at": at(9)}), now=at(10))
    book.follow([CUT_OFF], facts(11), now=at(11))
    assert (case.state, case.cleared_at, case.waiting_for) == (IncidentState.IDENTIFIED, None, ())
    assert kinds(case)[-1] is EventKind.RELAPSED


def test_what_is_over_is_kept_until_it_is_written_and_old() -> None:
    book, case = opened()
    for second in (10, 20):
        book.follow([], facts(second), now=at(second))
    assert case.closed_at is not None
    much_later = case.closed_at + timedelta(minutes=6)

    book.forget_closed({case.id: case.revision - 1}, now=much_later)
    assert book.cases == [case]
    book.forget_closed({case.id: case.revision}, now=case.closed_at + timedelta(seconds=1))
    assert book.cases == [case]
    book.forget_closed({case.id: case.revision}, now=much_later)
    assert book.cases == []
