"""What the watchman concludes: the root cause, exactly the regions, and nothing that only follows from it."""

import pytest

from maintenance.models import Cause
from maintenance.watch.judgement import judge
from maintenance.watch.observation import Observation, Reach
from tests.watch.seeing import EVERYWHERE, KASHIMA, NOW, OWN, facts, seen, with_own_notary


def verdicts(found: Observation) -> set[tuple[Cause, frozenset[object]]]:
    return {(trouble.cause, trouble.regions) for trouble in judge(found)}


def test_nothing_is_wrong_when_all_is_well() -> None:
    assert judge(seen()) == []


def test_a_database_that_is_away_explains_everything() -> None:
    late = facts(kashima={"oldest_pending": 30.0, "probe_late": 30.0}, worker_silent=60.0, resolver_silent=60.0)

    found = seen(late, database_failing=1.0, web_failing=9.0, redis_failing=9.0)

    assert verdicts(found) == {(Cause.DATABASE, EVERYWHERE)}


def test_a_database_that_was_started_again_is_told_however_short_it_was_away() -> None:
    assert verdicts(seen(database_restarted_at=NOW)) == {(Cause.DATABASE, EVERYWHERE)}
    assert judge(seen(facts(10), database_restarted_at=NOW)) == []


def test_without_redis_the_workers_silence_says_nothing() -> None:
    assert verdicts(seen(facts(worker_silent=60.0), redis_failing=3.0)) == {(Cause.REDIS, EVERYWHERE)}


@pytest.mark.parametrize("silent", [{"worker_silent": 6.0}, {"resolver_silent": 7.0}])
def test_a_silent_process_is_named(silent: dict[str, float]) -> None:
    assert verdicts(seen(facts(**silent))) == {(Cause.WORKERS, EVERYWHERE)}


def test_workers_that_nobody_could_wake_are_not_blamed() -> None:
    assert verdicts(seen(facts(worker_silent=60.0), web_failing=4.0)) == {(Cause.WEB, EVERYWHERE)}


@pytest.mark.parametrize(
    ("cause", "reach", "expected"),
    [
        ("connect", Reach.REFUSED, Cause.NOTARY),
        ("reset", Reach.REFUSED, Cause.NOTARY),
        ("not_ready", Reach.ANSWERS, Cause.NOTARY),
        ("restored", Reach.ANSWERS, Cause.NOTARY),
        ("slow", Reach.ANSWERS, Cause.NOTARY),
        ("timeout", Reach.ANSWERS, Cause.NOTARY),
        ("timeout", Reach.SILENT, Cause.NOTARY_NETWORK),
        ("slow", Reach.SLOW, Cause.NOTARY_NETWORK),
        ("reset", Reach.BROKEN, Cause.NOTARY_NETWORK),
        ("connect", Reach.SILENT, Cause.NOTARY_NETWORK),
    ],
)
def test_the_notary_and_the_way_to_it_are_told_apart(cause: str, reach: Reach, expected: Cause) -> None:
    found = with_own_notary(facts(), is_open=True, cause=cause)

    assert verdicts(seen(found, reach={OWN: reach})) == {(expected, frozenset({KASHIMA}))}


def test_a_probe_that_is_late_is_enough_when_nobody_pays() -> None:
    late = with_own_notary(facts(kashima={"probe_late": 4.0}), cause="timeout")

    assert verdicts(seen(late, reach={OWN: Reach.SILENT})) == {(Cause.NOTARY_NETWORK, frozenset({KASHIMA}))}
    assert judge(seen(facts(kashima={"probe_late": 4.0}))) == []


def test_calls_that_fail_again_and_again_are_an_incident_also_if_others_succeed() -> None:
    grey = with_own_notary(facts(), cause="reset")

    assert judge(seen(grey, failures={OWN: 2})) == []
    assert verdicts(seen(grey, failures={OWN: 3}, reach={OWN: Reach.SLOW})) == {
        (Cause.NOTARY_NETWORK, frozenset({KASHIMA}))
    }


def test_a_notary_that_was_made_whole_within_a_moment_is_told_all_the_same() -> None:
    restored = with_own_notary(facts(), restored_at=NOW, cause="restored")

    assert verdicts(seen(restored)) == {(Cause.NOTARY, frozenset({KASHIMA}))}


@pytest.mark.parametrize(
    "stuck",
    [
        {"oldest_pending": 7.0},
        {"oldest_voiding": 21.0},
        {"oldest_accepted": 61.0},
        {"oldest_refund": 61.0},
        {"probe_late": 7.0},
    ],
)
def test_what_stands_still_without_a_reason_is_an_incident_of_its_region(stuck: dict[str, float]) -> None:
    assert verdicts(seen(facts(kashima=stuck))) == {(Cause.UNKNOWN, frozenset({KASHIMA}))}


@pytest.mark.parametrize(
    "usual", [{"oldest_pending": 3.0}, {"oldest_voiding": 12.0}, {"oldest_accepted": 30.0}, {"oldest_refund": 5.0}]
)
def test_what_takes_its_usual_time_is_none(usual: dict[str, float]) -> None:
    assert judge(seen(facts(kashima=usual))) == []
