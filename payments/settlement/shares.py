"""The parts of the stores' entries by programme: what of a payment or refund was of whose vouchers.

An entry follows its payment's allocations, or its refund's, so its parts add up to it to the yen. One whose
parts do not is left open and named by the check, never settled by guess.
"""

from uuid import UUID

from payments.models import SettlementRule
from vouchers.models import Programme

# Parts on no statement yet, of entries before an instant. A payment's parts are all positive and a refund's all
# negative, so an entry is settled whole exactly when its lines add up to it. What is known of an entry is carried
# along: joined again, it would be looked for once for each part, since nobody can foretell how many are open.
OPEN_SHARES = """
    open_entry AS (
        SELECT entry.* FROM payments_storeentry AS entry
        WHERE entry.region_id = %(region)s AND entry.at < %(before)s
          AND entry.amount <> (
              SELECT coalesce(sum(line.amount), 0) FROM payments_statementline AS line WHERE line.entry_id = entry.id
          )
    ), drawn AS (
        SELECT entry.id AS entry_id, entry.store_id, entry.payment_id, entry.at, entry.amount AS owed,
            allocation.voucher_id, allocation.amount
        FROM open_entry AS entry JOIN payments_allocation AS allocation ON allocation.payment_id = entry.payment_id
        WHERE entry.kind = 'payment'
        UNION ALL
        SELECT entry.id, entry.store_id, entry.payment_id, entry.at, entry.amount,
            (draw ->> 0)::uuid, -(draw ->> 1)::integer
        FROM open_entry AS entry JOIN payments_refund AS refund ON refund.id = entry.source
            CROSS JOIN LATERAL jsonb_array_elements(refund.allocations) AS draw
        WHERE entry.kind = 'refund'
    ), part AS (
        SELECT drawn.entry_id, drawn.store_id, drawn.payment_id, drawn.at, drawn.owed, ticket_type.programme_id,
            sum(drawn.amount)::integer AS amount
        FROM drawn JOIN vouchers_voucher AS voucher ON voucher.id = drawn.voucher_id
            JOIN vouchers_tickettype AS ticket_type ON ticket_type.id = voucher.ticket_type_id
        GROUP BY 1, 2, 3, 4, 5, 6
    ), explained AS (
        SELECT part.*, sum(part.amount) OVER (PARTITION BY part.entry_id) AS whole FROM part
    ), open_share AS (
        SELECT share.entry_id, share.programme_id, share.amount, share.store_id, share.payment_id, share.at
        FROM explained AS share
        WHERE share.whole = share.owed AND NOT EXISTS (
            SELECT FROM payments_statementline AS line
            WHERE line.entry_id = share.entry_id AND line.programme_id = share.programme_id
        )
    )
"""


def programmes_of(rule: SettlementRule) -> list[UUID]:
    """The ids of the programmes that the rule is for."""
    if rule.programme_id:
        return [rule.programme_id]
    of_their_own = SettlementRule.objects.filter(region_id=rule.region_id, programme__isnull=False)
    rest = Programme.objects.filter(region_id=rule.region_id).exclude(pk__in=of_their_own.values("programme"))
    return list(rest.values_list("pk", flat=True))
