"""Four eyes: one person asks, another one agrees, and only then is it done.

Rooms register what they let people ask for; this one keeps who asked, who agreed and when, and runs what was
registered in the transaction of the decision, so that nothing is approved that was not done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from regions.errors import AlreadyDecided, ApprovalOpen, NotYours, SamePerson
from regions.models import Approval, ApprovalState, Region, User

Effect = Callable[[Approval], None]


def _nothing(_approval: Approval) -> None:
    """What a refusal does where the room registered nothing for it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that needs two people; `title` is lazy text."""

    title: Any
    on_approved: Effect
    on_refused: Effect = _nothing


_kinds: dict[str, Kind] = {}


def register(kind: str, *, title: Any, on_approved: Effect, on_refused: Effect = _nothing) -> None:
    _kinds[kind] = Kind(title, on_approved, on_refused)


def title_of(kind: str) -> str:
    """The kind in the reader's language; its name where its room is not there any more."""
    found = _kinds.get(kind)
    return str(found.title) if found else kind


def ask_approval(
    *,
    kind: str,
    region: Region,
    subject: UUID,
    summary: str,
    by: User,
    details: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> Approval:
    """Ask a second person. Raise ApprovalOpen if the same subject waits already, KeyError for an unknown kind.

    `details` is JSON that the second person is shown: a mapping of words to words.
    """
    _kinds[kind]
    try:
        with transaction.atomic():
            return Approval.objects.create(
                kind=kind,
                region=region,
                subject=subject,
                summary=summary,
                details=details or {},
                requested_by=by,
                requested_at=now or timezone.now(),
            )
    except IntegrityError as problem:
        raise ApprovalOpen from problem


@transaction.atomic
def decide(approval_id: UUID, *, approve: bool, by: User, note: str = "", now: datetime | None = None) -> Approval:
    """Agree or refuse, once, and do what follows, in one transaction. Raise AlreadyDecided or SamePerson.

    What the effect raises comes out, with the approval still open.
    """
    approval = _lock_open(approval_id)
    if approval.requested_by_id == by.pk:
        raise SamePerson
    state = ApprovalState.APPROVED if approve else ApprovalState.REFUSED
    _write(approval, state, by=by, note=note, now=now)
    kind = _kinds[approval.kind]
    (kind.on_approved if approve else kind.on_refused)(approval)
    return approval


@transaction.atomic
def withdraw(approval_id: UUID, *, by: User, note: str = "", now: datetime | None = None) -> Approval:
    """Take back what one asked for oneself; the effect is that of a refusal. Raise AlreadyDecided or NotYours."""
    approval = _lock_open(approval_id)
    if approval.requested_by_id != by.pk:
        raise NotYours
    _write(approval, ApprovalState.WITHDRAWN, by=by, note=note, now=now)
    _kinds[approval.kind].on_refused(approval)
    return approval


def open_approval(kind: str, subject: UUID) -> Approval | None:
    return Approval.objects.filter(kind=kind, subject=subject, state=ApprovalState.OPEN).first()


def _lock_open(approval_id: UUID) -> Approval:
    # A second decision at the same moment waits here, and then finds it decided.
    approval: Approval = (
        Approval.objects.select_for_update(of=("self",)).select_related("region", "requested_by").get(pk=approval_id)
    )
    if not approval.is_open:
        raise AlreadyDecided
    return approval


def _write(approval: Approval, state: ApprovalState, *, by: User, note: str, now: datetime | None) -> None:
    approval.state, approval.decided_by, approval.note = state, by, note.strip()
    approval.decided_at = now or timezone.now()
    approval.save(update_fields=["state", "decided_by", "decided_at", "note"])
