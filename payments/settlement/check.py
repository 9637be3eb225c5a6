"""Whether the settlement adds up: statements + open = completed − refunded, by store and programme, to the yen.

The right side is taken from payments and refunds, which the statements are not made of: those come from the
stores' entries. So a lost entry shows here, and so does one that was settled twice or not explained.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from payments.models import Payment, Refund, SettlementCheck, Statement
from payments.settlement.shares import OPEN_SHARES
from payments.states import RefundStatus, Status
from regions.models import Region
from regions.patience import be_patient

BY_STORE_AND_PROGRAMME = f"""
    WITH {OPEN_SHARES}, movement AS (
        SELECT payment.store_id, allocation.voucher_id, allocation.amount::bigint AS yen
        FROM payments_payment AS payment JOIN payments_allocation AS allocation ON allocation.payment_id = payment.id
        WHERE payment.region_id = %(region)s AND payment.status = 'completed'
        UNION ALL
        SELECT payment.store_id, (draw ->> 0)::uuid, -(draw ->> 1)::bigint
        FROM payments_refund AS refund JOIN payments_payment AS payment ON payment.id = refund.payment_id
            CROSS JOIN LATERAL jsonb_array_elements(refund.allocations) AS draw
        WHERE refund.region_id = %(region)s AND refund.status = 'completed'
    ), due AS (
        SELECT movement.store_id, ticket_type.programme_id, sum(movement.yen) AS yen
        FROM movement JOIN vouchers_voucher AS voucher ON voucher.id = movement.voucher_id
            JOIN vouchers_tickettype AS ticket_type ON ticket_type.id = voucher.ticket_type_id
        GROUP BY 1, 2
    ), stated AS (
        SELECT entry.store_id, line.programme_id, sum(line.amount) AS yen
        FROM payments_statementline AS line JOIN payments_storeentry AS entry ON entry.id = line.entry_id
        WHERE entry.region_id = %(region)s GROUP BY 1, 2
    ), left_open AS (
        SELECT store_id, programme_id, sum(amount) AS yen FROM open_share GROUP BY 1, 2
    )
    SELECT store_id, programme_id, coalesce(due.yen, 0)::bigint, coalesce(stated.yen, 0)::bigint,
        coalesce(left_open.yen, 0)::bigint
    FROM due FULL JOIN stated USING (store_id, programme_id) FULL JOIN left_open USING (store_id, programme_id)
"""  # noqa: S608 our own text


@transaction.atomic
def check_settlement(region: Region, *, now: datetime | None = None) -> SettlementCheck:
    """Look at every payment, refund and statement of the region and keep what they add up to."""
    be_patient()
    rows = by_store_and_programme(region)
    found: dict[str, Any] = {
        "checked_at": now or timezone.now(),
        "completed": _sum(Payment.objects.filter(region=region, status=Status.COMPLETED), F("amount")),
        "refunded": _sum(Refund.objects.filter(region=region, status=RefundStatus.COMPLETED), F("amount")),
        "stated": _sum(Statement.objects.filter(region=region), F("gross") + F("refunds")),
        "open": sum(left for *_, left in rows),
        "wrong_count": sum(due != stated + left for *_, due, stated, left in rows),
    }
    check, _made = SettlementCheck.objects.update_or_create(region=region, defaults=found)
    return check


def by_store_and_programme(region: Region) -> list[tuple[Any, Any, int, int, int]]:
    """Store's id, programme's id, yen due, yen on statements, yen open: one row for each pair that has any."""
    with connection.cursor() as cursor:
        cursor.execute(BY_STORE_AND_PROGRAMME, {"region": region.pk, "before": "infinity"})
        rows: list[tuple[Any, Any, int, int, int]] = cursor.fetchall()
        return rows


def _sum(rows: Any, yen: Any) -> int:
    return int(rows.aggregate(total=Sum(yen))["total"] or 0)
