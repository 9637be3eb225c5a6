"""The books: what must add up after every test that moves money, on the platform and at the notary."""

from collections import defaultdict
from uuid import UUID

from django.db.models import F, Sum

from payments.models import Allocation, Payment, Refund, StoreEntry
from payments.states import RefundStatus, Status
from vouchers.models import LedgerEntry, Voucher


def assert_books_balance() -> None:
    """Invariants 1 and 2 of the payment protocol, and both sides' ledgers against the payments."""
    _vouchers_explain_themselves()
    _held_is_what_is_in_doubt()
    _payments_equal_their_allocations()
    _stores_are_owed_what_was_paid()


def _vouchers_explain_themselves() -> None:
    entries: dict[UUID, int] = defaultdict(int)
    for voucher_id, amount in LedgerEntry.objects.values_list("voucher_id", "amount"):
        entries[voucher_id] += amount
    for voucher in Voucher.objects.all():
        assert min(voucher.held, voucher.spent, voucher.expired, voucher.available) >= 0
        assert voucher.face == voucher.spent + voucher.held + voucher.available + voucher.expired
        assert entries[voucher.pk] == voucher.face - voucher.spent - voucher.expired


def _held_is_what_is_in_doubt() -> None:
    holding = (Status.PENDING, Status.ACCEPTED, Status.VOIDING, Status.DISPUTED)
    held = Allocation.objects.filter(payment__status__in=holding).aggregate(total=Sum("amount"))["total"] or 0
    assert held == Voucher.objects.all().sums()["held"]


def _payments_equal_their_allocations() -> None:
    for payment in Payment.objects.prefetch_related("allocations", "refunds"):
        allocations = payment.allocations.all()
        assert payment.amount == sum(allocation.amount for allocation in allocations)
        assert payment.refunded == sum(allocation.refunded for allocation in allocations)
        given = [refund.amount for refund in payment.refunds.all() if refund.status != RefundStatus.REFUSED]
        assert payment.refunded == sum(given)


def _stores_are_owed_what_was_paid() -> None:
    completed = Payment.objects.filter(status=Status.COMPLETED).aggregate(total=Sum("amount"))["total"] or 0
    returned = Refund.objects.filter(status=RefundStatus.COMPLETED).aggregate(total=Sum("amount"))["total"] or 0
    owed = StoreEntry.objects.aggregate(total=Sum("amount"))["total"] or 0
    assert owed == completed - returned
    spent = Voucher.objects.aggregate(total=Sum(F("spent")))["total"] or 0
    assert spent == completed - returned
