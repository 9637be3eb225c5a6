"""A person has looked at a difference that no machine could repair, and says what became of it."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from payments.errors import DifferenceRepaired, ReasonMissing
from payments.models import Difference
from regions.models import User


def settle_difference(difference_id: UUID, *, note: str, by: User, now: datetime | None = None) -> Difference:
    """Take a difference off the list of those that are left, with who, when and a note; nothing else changes.

    Idempotent on the difference: whoever settles it first has settled it, and anybody later gets that.
    Refusals: ReasonMissing without a note, DifferenceRepaired if there is nothing left to settle.
    """
    note = note.strip()
    if not note:
        raise ReasonMissing
    # One conditional UPDATE decides who settles it, also against a comparison that repairs it at this moment.
    Difference.objects.left().filter(pk=difference_id).update(
        settled_at=now or timezone.now(), settled_by=by, settled_note=note
    )
    difference: Difference = Difference.objects.select_related("settled_by").get(pk=difference_id)
    if difference.settled_at is None:
        raise DifferenceRepaired
    return difference
