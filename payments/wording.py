"""What a payment is, in the words of the counter: the same at the till, in the history and in exports."""

from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.models import Payment
from payments.states import NOT_PAID, PAID, Status


@dataclass(frozen=True, slots=True)
class Wording:
    """How a payment is called, how it is coloured, and which payments are called so."""

    words: str | Promise
    tone: str
    rows: Q


FULLY_REFUNDED = Q(status__in=PAID, refunded=F("amount"))
PARTLY_REFUNDED = Q(status__in=PAID, refunded__gt=0, refunded__lt=F("amount"))

WORDINGS: dict[str, Wording] = {
    "paid": Wording(_("Paid"), "success", Q(status__in=PAID, refunded=0)),
    "checking": Wording(_("Being checked"), "warning", Q(status=Status.PENDING)),
    "not_paid": Wording(_("Not paid"), "danger", Q(status__in=NOT_PAID)),
    "refunded": Wording(_("Refunded"), "info", FULLY_REFUNDED),
    "partly_refunded": Wording(_("Partly refunded"), "info", PARTLY_REFUNDED),
}


def wording_key(payment: Payment) -> str:
    """The key in `WORDINGS` under which the payment falls; the same rule as the rows of each, for one."""
    if payment.status in PAID:
        if not payment.refunded:
            return "paid"
        return "refunded" if payment.refunded == payment.amount else "partly_refunded"
    return "not_paid" if payment.status in NOT_PAID else "checking"


def wording(payment: Payment) -> Wording:
    return WORDINGS[wording_key(payment)]


def counted(payment: Payment) -> int:
    """The yen of the payment that the store keeps: nothing where it was not paid."""
    return payment.amount - payment.refunded if payment.is_paid else 0
