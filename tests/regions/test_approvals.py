"""Four eyes: asked by one, decided by another, once, together with what follows."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from regions import approvals
from regions.approvals import ask_approval, decide, open_approval, withdraw
from regions.errors import AlreadyDecided, ApprovalOpen, NotYours, SamePerson
from regions.models import Approval, ApprovalState, Region, User
from tests.factories import RegionFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

done: list[tuple[str, str]] = []


def approved(approval: Approval) -> None:
    done.append(("approved", approval.summary))


def refused(approval: Approval) -> None:
    done.append(("refused", approval.summary))


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approvals, "_kinds", {})
    approvals.register("test", title="Test", on_approved=approved, on_refused=refused)
    done.clear()


@pytest.fixture
def asker() -> User:
    return UserFactory()


def ask(by: User, region: Region | None = None, subject: object = None) -> Approval:
    return ask_approval(
        kind="test", region=region or RegionFactory(), subject=subject or uuid4(), summary="口座を変える", by=by
    )


def test_another_person_agrees_and_it_is_done(asker: User) -> None:
    approval = ask(asker)

    decided = decide(approval.pk, approve=True, by=UserFactory())

    assert decided.state == ApprovalState.APPROVED
    assert done == [("approved", "口座を変える")]


def test_who_asked_cannot_agree_and_nothing_is_done(asker: User) -> None:
    approval = ask(asker)

    with pytest.raises(SamePerson):
        decide(approval.pk, approve=True, by=asker)

    approval.refresh_from_db()
    assert (approval.state, done) == (ApprovalState.OPEN, [])


def test_the_database_refuses_the_same_person_too(asker: User) -> None:
    approval = ask(asker)

    with pytest.raises(IntegrityError, match="approval_by_two_people"):
        Approval.objects.filter(pk=approval.pk).update(
            state=ApprovalState.APPROVED, decided_by=asker, decided_at=approval.requested_at
        )


def test_what_was_decided_stays_decided(asker: User) -> None:
    approval = ask(asker)
    decide(approval.pk, approve=False, by=UserFactory(), note="口座名義が違う")

    with pytest.raises(AlreadyDecided):
        decide(approval.pk, approve=True, by=UserFactory())

    assert done == [("refused", "口座を変える")]


def test_only_who_asked_takes_it_back(asker: User) -> None:
    approval = ask(asker)

    with pytest.raises(NotYours):
        withdraw(approval.pk, by=UserFactory())

    assert withdraw(approval.pk, by=asker).state == ApprovalState.WITHDRAWN
    assert done == [("refused", "口座を変える")]


def test_the_same_thing_waits_once(asker: User) -> None:
    subject = uuid4()
    first = ask(asker, subject=subject)

    with pytest.raises(ApprovalOpen):
        ask(UserFactory(), first.region, subject)

    assert open_approval("test", subject) == first
    decide(first.pk, approve=False, by=UserFactory(), note="不要")
    assert ask(asker, first.region, subject).is_open


def test_what_cannot_be_done_is_not_approved(asker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_approval: Approval) -> None:
        raise RuntimeError("no")

    approvals.register("test", title="Test", on_approved=fails)
    approval = ask(asker)

    with pytest.raises(RuntimeError):
        decide(approval.pk, approve=True, by=UserFactory())

    approval.refresh_from_db()
    assert approval.is_open


def test_of_two_who_decide_at_once_one_wins(asker: User) -> None:
    approval = ask(asker)
    people = [UserFactory() for _ in range(4)]

    def attempt(person: User) -> str:
        try:
            decide(approval.pk, approve=True, by=person)
        except AlreadyDecided:
            return "late"
        finally:
            connection.close()
        return "first"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(attempt, people))

    assert answers == ["first", "late", "late", "late"]
    assert done == [("approved", "口座を変える")]
