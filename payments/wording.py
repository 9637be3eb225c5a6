"""What a payment is, in the words of the counter: the same at the till, in the history and in exports."""

from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notary.client.values import Reason
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

TONES = {key: found.tone for key, found in WORDINGS.items()}


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


# Why the notary refused, for people who do not know what a notary's codes are.
NOTARYS_REASONS: dict[str, Promise | str] = {
    Reason.OVERSPENT: _("More was to be spent than a voucher still holds by the notary's books."),
    Reason.UNKNOWN_VOUCHER: _("The notary does not know one of the vouchers."),
    Reason.VOIDED: _("It had been given up at the notary before, so the notary did not count it."),
    Reason.CLOSED: _("One of the vouchers had been closed at the notary, because it had expired."),
}


def notarys_reason(payment: Payment) -> str:
    """Why the notary refused the payment, in a sentence; its own word for what we have no sentence for."""
    return str(NOTARYS_REASONS.get(payment.decline_reason, payment.decline_reason or "-"))
