"""The payments' list as rows of a file, and its sums by ticket type."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from payments.models import Allocation, Payment
from payments.states import PAID
from payments.wording import counted, wording
from regions.yen import yen

BATCH = 2000
# A workbook is made as a whole before its first byte is sent.
WORKBOOK_ROWS_MAX = 50_000

COLUMNS = (
    gettext_lazy("payment number"),
    gettext_lazy("date and time"),
    gettext_lazy("store"),
    gettext_lazy("till"),
    gettext_lazy("status"),
    gettext_lazy("amount (yen)"),
    gettext_lazy("refunded (yen)"),
    gettext_lazy("counted (yen)"),
    gettext_lazy("by ticket type"),
    gettext_lazy("decided"),
    gettext_lazy("payment id"),
)
SUMMED = slice(5, 8)


def file_name() -> str:
    return f"payments-{timezone.localdate():%Y%m%d}"


def payment_rows(payments: QuerySet[Payment]) -> Iterator[list[object]]:
    """The header, and a row for each payment, oldest first; times in the zone that is in force now."""
    tz: Any = timezone.get_current_timezone()
    ordered = payments.order_by("authorised_at", "id").select_related("store", "till")
    rows = ordered.prefetch_related("allocations__voucher__ticket_type")
    yield [str(column) for column in COLUMNS]
    for payment in rows.iterator(chunk_size=BATCH):
        yield [
            payment.number,
            f"{payment.authorised_at.astimezone(tz):%Y-%m-%d %H:%M:%S}",
            payment.store.name,
            payment.till.name,
            str(wording(payment).words),
            payment.amount,
            payment.refunded,
            counted(payment),
            _kinds_in_words(payment),
            f"{payment.decided_at.astimezone(tz):%Y-%m-%d %H:%M:%S}" if payment.decided_at else "",
            str(payment.pk),
        ]


def workbook_rows(payments: QuerySet[Payment]) -> Iterator[list[object]]:
    """The same, with a last row that adds up what counts."""
    rows = payment_rows(payments)
    yield next(rows)
    sums = [0, 0, 0]
    for row in rows:
        # What was not paid is in the list and in no sum.
        if row[7] or row[6]:
            sums = [total + int(str(yen)) for total, yen in zip(sums, row[SUMMED], strict=True)]
        yield row
    yield [gettext("sum"), "", "", "", "", *sums, "", "", ""]


def kinds_of(payments: QuerySet[Payment], programme_id: UUID | None = None) -> list[tuple[str, str, str, str]]:
    """Gross, refunded and net of the paid ones among the payments, by ticket type, as texts."""
    drawn = Allocation.objects.filter(payment__in=payments.order_by(), payment__status__in=PAID)
    if programme_id:
        drawn = drawn.filter(voucher__ticket_type__programme=programme_id)
    sums = drawn.values("voucher__ticket_type__name").annotate(gross=Sum("amount"), back=Sum("refunded"))
    return [
        (row["voucher__ticket_type__name"], yen(row["gross"]), yen(row["back"]), yen(row["gross"] - row["back"]))
        for row in sums.order_by("voucher__ticket_type__name")
    ]


def _kinds_in_words(payment: Payment) -> str:
    """`共通券 500; 専用券 700`: what each ticket type paid, refunds taken off."""
    kinds: dict[str, int] = {}
    for allocation in payment.allocations.all():
        name = allocation.voucher.ticket_type.name
        kinds[name] = kinds.get(name, 0) + allocation.amount - allocation.refunded
    return "; ".join(f"{name} {amount}" for name, amount in sorted(kinds.items())) if payment.is_paid else ""
