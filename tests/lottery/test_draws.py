"""The draw's steps: in order, by two people, once; and every result told."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from regions.approvals import decide, open_approval
from regions.errors import SamePerson
from regions.models import Message
from tests.factories import UserFactory
from tests.lottery.conftest import SEED, Lottery, agree, draw_with
from tests.lottery.script import load_script
from vouchers import drawing
from vouchers.applications import ask_about
from vouchers.draw_steps import RUN, SEAL, propose_sealing, propose_seed
from vouchers.drawing import finish_draws
from vouchers.errors import DrawNotPossible
from vouchers.lottery.sealed import read_list, sha256
from vouchers.models import Application, Draw, DrawFile, DrawStatus

pytestmark = pytest.mark.django_db(transaction=True)

LATER = timedelta(minutes=11)


def file(draw: Draw, kind: str) -> bytes:
    return bytes(DrawFile.objects.get(draw=draw, kind=kind).content)


def pass_time(monkeypatch: pytest.MonkeyPatch, *, days: int = 0) -> datetime:
    """From now on it is later: the public number is known."""
    at = timezone.now() + LATER + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: at)
    return at


def test_from_the_seal_to_the_last_result(lottery: Lottery, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(8):
        lottery.apply(common=2, local=1)

    draw = lottery.seal()
    drawn = draw_with(draw, SEED, at=pass_time(monkeypatch))

    assert drawn.status == DrawStatus.PUBLISHED
    assert sorted(Application.objects.values_list("status", flat=True)) == ["won"] * 5 + ["won_reduced"] * 3
    assert sorted(Application.objects.values_list("place", flat=True)) == list(range(1, 9))
    assert Message.objects.filter(kind="draw-result").count() == 8
    assert drawn.pay_by_at - drawn.drawn_at > timedelta(days=14)


def test_the_published_files_and_the_script_give_the_same_winners(
    lottery: Lottery, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(12):
        lottery.apply(common=2)
    drawn = draw_with(lottery.seal(), SEED, at=pass_time(monkeypatch))

    again = load_script().result(file(drawn, "list"), drawn.seed)

    assert again == file(drawn, "result")
    assert (sha256(again), sha256(file(drawn, "list"))) == (drawn.result_sha256, drawn.list_sha256)
    won = {line.split("\t")[0] for line in again.decode().splitlines()[4:] if line.split("\t")[3] != "0"}
    assert won == {application.number for application in Application.objects.all() if application.has_won}


def test_the_list_says_nothing_of_people(lottery: Lottery) -> None:
    lottery.set(draw_by="household")
    resident = lottery.person(household_no="世帯0042", name="鹿島花子")
    lottery.apply(resident, common=2)
    lottery.apply(lottery.person(household_no="世帯0042"), common=1)

    content = file(lottery.seal(), "list")

    text = content.decode()
    assert all(word not in text for word in ("0042", "鹿島花子", resident.resident_no, str(resident.pk)))
    assert len({line.household for line in read_list(content).lines}) == 1


def test_the_list_is_not_sealed_by_one_person(lottery: Lottery) -> None:
    lottery.apply()
    clerk = UserFactory()

    with pytest.raises(SamePerson):
        lottery.seal(asker=clerk, agreeing=clerk)

    assert Draw.objects.get().status == DrawStatus.PROPOSED
    assert not DrawFile.objects.exists()


@pytest.mark.parametrize("why", ["still_open", "nothing_to_draw", "unclear", "seed_too_early", "no_lottery", "no_seed"])
def test_what_stands_in_the_way_of_sealing(lottery: Lottery, why: str) -> None:
    application = None if why == "nothing_to_draw" else lottery.apply()
    if why == "unclear":
        ask_about(application.pk, question="口数が読めない")
    if why != "still_open":
        lottery.close()
    if why == "no_lottery":
        lottery.set(allotment="first_come")
    known_at = timezone.now() + timedelta(minutes=-1 if why == "seed_too_early" else 5)
    source = " " if why == "no_seed" else "日経平均株価の終値"

    with pytest.raises(DrawNotPossible) as refused:
        propose_sealing(lottery.programme, seed_source=source, seed_from_at=known_at, by=UserFactory())

    assert refused.value.why == why
    assert not Draw.objects.exists()


def test_it_is_sealed_once(lottery: Lottery) -> None:
    lottery.apply()
    lottery.seal()

    with pytest.raises(DrawNotPossible):
        lottery.seal()

    assert Draw.objects.count() == 1


def test_a_seed_that_cannot_be_known_yet_is_refused(lottery: Lottery) -> None:
    lottery.apply()
    draw = lottery.seal()

    with pytest.raises(DrawNotPossible) as refused:
        propose_seed(draw, seed=SEED, by=UserFactory())

    assert refused.value.why == "seed_not_due"


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "seeded", "seed": SEED, "seed_set_at": timezone.now()},
        {"status": "drawn"},
        {"list_sha256": "0" * 64},
        {"seed_source": "another number"},
        {"seed": SEED},
    ],
)
def test_the_database_keeps_the_order_of_the_steps(lottery: Lottery, facts: dict[str, object]) -> None:
    lottery.apply()
    draw = lottery.seal()

    with pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(**facts)


def test_files_never_change(lottery: Lottery) -> None:
    lottery.apply()
    lottery.seal()

    with pytest.raises(DatabaseError), transaction.atomic():
        DrawFile.objects.update(content=b"another list")
    with pytest.raises(DatabaseError), transaction.atomic():
        DrawFile.objects.all().delete()


def test_a_refused_seed_can_be_typed_again(lottery: Lottery, monkeypatch: pytest.MonkeyPatch) -> None:
    lottery.apply()
    draw = lottery.seal()
    at = pass_time(monkeypatch)
    propose_seed(draw, seed="38915.78", by=UserFactory(), now=at)
    decide(open_approval(RUN, draw.pk).pk, approve=False, by=UserFactory(), note="数字が違う")

    assert draw_with(draw, SEED, at=at).seed == SEED


def test_a_refused_seal_can_be_asked_for_again(lottery: Lottery) -> None:
    lottery.apply()
    lottery.close()
    known_at = timezone.now() + timedelta(minutes=5)
    draw = propose_sealing(lottery.programme, seed_source="宝くじ", seed_from_at=known_at, by=UserFactory())
    decide(open_approval(SEAL, draw.pk).pk, approve=False, by=UserFactory(), note="別の数字にする")

    assert lottery.seal().is_sealed


def test_telling_goes_on_where_it_stopped(lottery: Lottery, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        lottery.apply(common=1)
    draw = lottery.seal()
    monkeypatch.setattr(drawing, "BATCH", 2)
    propose_seed(draw, seed=SEED, by=UserFactory(), now=pass_time(monkeypatch))
    agree(RUN, draw, UserFactory())
    told = iter([True, True, True])
    tell = drawing.tell_result

    def fails_later(*facts: object) -> None:
        if next(told, None) is None:
            raise RuntimeError("worker lost")
        tell(*facts)

    with monkeypatch.context() as broken:
        broken.setattr(drawing, "tell_result", fails_later)
        with pytest.raises(RuntimeError):
            finish_draws()
    draw.refresh_from_db()
    before = (draw.status, Application.objects.filter(status="submitted").count())

    finish_draws()
    finish_draws()

    draw.refresh_from_db()
    assert before == (DrawStatus.DRAWN, 3)
    assert draw.status == DrawStatus.PUBLISHED
    assert Message.objects.filter(kind="draw-result").count() == 5
