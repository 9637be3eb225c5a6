"""What a payment is, and what it may become: the whole table. Nothing else writes down a transition."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING = "pending", _("being checked")
    ACCEPTED = "accepted", _("paid (check to follow)")
    COMPLETED = "completed", _("paid")
    DECLINED = "declined", _("not paid (declined)")
    VOIDING = "voiding", _("not paid (being returned)")
    VOIDED = "voided", _("not paid (returned)")
    DISPUTED = "disputed", _("needs attention")


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.COMPLETED, Status.DECLINED, Status.ACCEPTED, Status.VOIDING}),
    Status.ACCEPTED: frozenset({Status.COMPLETED, Status.DISPUTED}),
    Status.VOIDING: frozenset({Status.VOIDED}),
    Status.DISPUTED: frozenset({Status.COMPLETED, Status.VOIDED}),
    Status.COMPLETED: frozenset(),
    Status.DECLINED: frozenset(),
    Status.VOIDED: frozenset(),
}

# Somebody must still ask the notary about these.
IN_DOUBT = (Status.PENDING, Status.ACCEPTED, Status.VOIDING)
# To the people at the till these are paid, and these are not; the rest is 確認中.
PAID = (Status.COMPLETED, Status.ACCEPTED, Status.DISPUTED)
NOT_PAID = (Status.DECLINED, Status.VOIDING, Status.VOIDED)


def sources(target: Status) -> list[Status]:
    """The statuses that may become `target`: the guard of every conditional update."""
    return [status for status, targets in TRANSITIONS.items() if target in targets]


class RefundStatus(models.TextChoices):
    PENDING = "pending", _("being returned")
    COMPLETED = "completed", _("returned")
    REFUSED = "refused", _("not returned")
