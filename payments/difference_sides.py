"""Both sides' view of what a difference is about: the platform's rows, and the notary as it answers now."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from notary.client.errors import NotaryRejected, NotaryUnavailable
from notary.client.port import Notary
from notary.client.values import Commit, Outcome, OutcomeKind, Reverse
from payments import breaker
from payments.models import Allocation, Difference, Payment, Refund, StoreEntry
from regions.yen import yen
from vouchers.models import EntryKind, LedgerEntry
from vouchers.notaries import notary_of

NONE = "-"


@dataclass(frozen=True, slots=True)
class Sides:
    """Lines of (what, here, at the notary), the payment if there is one here, and whether the notary answered."""

    lines: list[tuple[str, str | datetime, str | datetime]]
    payment: Payment | None
    is_notary_away: bool


@dataclass(frozen=True, slots=True)
class Theirs:
    """The notary's decision on one id, with its yen where it is a commit or a reversal."""

    outcome: Outcome
    amount: int | None


def compared_sides(difference: Difference) -> Sides:
    """Ask both sides. The notary may be away, and then its side is empty."""
    payment, refund = _ours(difference)
    try:
        theirs, is_away = _theirs(difference), False
    except (NotaryUnavailable, NotaryRejected):
        theirs, is_away = None, True
    found = refund or payment
    said = theirs.outcome if theirs else None
    lines: list[tuple[str, str | datetime, str | datetime]] = [
        (_("amount"), yen(found.amount) if found else NONE, _yen(theirs.amount if theirs else None)),
        (_("status"), found.get_status_display() if found else _("not here"), _said(theirs, is_away=is_away)),
        (_("decided"), (found and found.decided_at) or NONE, (said and said.decided_at) or NONE),
        (_("position in the notary's log"), _text(found and found.log_position), _text(said and said.position)),
        *((words, _yen(amount), NONE) for words, amount in _entries(difference, payment)),
    ]
    return Sides(lines, payment, is_away)


def _ours(difference: Difference) -> tuple[Payment | None, Refund | None]:
    """The payment, or the refund with its payment; of the difference's own region, if it has one."""
    payments, refunds = Payment.objects.all(), Refund.objects.select_related("payment")
    if difference.region_id:
        payments, refunds = payments.in_region(difference.region_id), refunds.in_region(difference.region_id)
    refund: Refund | None = refunds.filter(pk=difference.source).first()
    payment: Payment | None = refund.payment if refund else payments.filter(pk=difference.source).first()
    return payment, refund


def _theirs(difference: Difference) -> Theirs | None:
    if breaker.is_open(difference.cluster_id):
        raise NotaryUnavailable
    notary = notary_of(difference.cluster)
    outcome = notary.decision(difference.source, budget=settings.NOTARY_BUDGET)
    return Theirs(outcome, _amount(notary, outcome)) if outcome else None


def _amount(notary: Notary, outcome: Outcome) -> int | None:
    """The yen of what was asked: the entry stands in the log where the decision says."""
    if outcome.position is None or outcome.outcome not in (OutcomeKind.COMMITTED, OutcomeKind.REVERSED):
        return None
    page = notary.log(outcome.position - 1, 1, budget=settings.NOTARY_BUDGET)
    request = page.entries[0].request if page.entries else None
    return sum(amount for _voucher, amount in request.allocations) if isinstance(request, Commit | Reverse) else None


def _entries(difference: Difference, payment: Payment | None) -> list[tuple[str, int | None]]:
    ledger = LedgerEntry.objects.filter(source=difference.source, kind__in=(EntryKind.SPEND, EntryKind.REFUND))
    store = StoreEntry.objects.filter(source=difference.source)
    drawn = Allocation.objects.filter(payment=payment).aggregate(yen=Sum("amount"))["yen"] if payment else None
    return [
        (_("taken from the vouchers"), drawn),
        (_("entries in the ledger"), ledger.aggregate(yen=Sum("amount"))["yen"]),
        (_("entry of the store"), store.aggregate(yen=Sum("amount"))["yen"]),
    ]


def _said(theirs: Theirs | None, *, is_away: bool) -> str:
    if is_away:
        return _("does not answer now")
    if theirs is None:
        return _("unknown there")
    words = {
        OutcomeKind.COMMITTED: _("committed"),
        OutcomeKind.REFUSED: _("refused"),
        OutcomeKind.VOIDED: _("given up for good"),
        OutcomeKind.REVERSED: _("reversed"),
    }
    return words.get(theirs.outcome.outcome, str(theirs.outcome.outcome))


def _yen(amount: int | None) -> str:
    return NONE if amount is None else yen(amount)


def _text(value: object) -> str:
    return NONE if value is None else str(value)
