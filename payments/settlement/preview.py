"""What a closing would make of what is open now: store by store, nothing written."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from merchants.models import Store
from payments.models import SettlementRule
from payments.settlement.amounts import Amounts, settle
from payments.settlement.calendar import SettlementPeriod
from payments.settlement.closing import carried_over
from payments.settlement.schedule import ends_before
from payments.settlement.shares import OPEN_SHARES, programmes_of
from regions.patience import be_patient

BY_STORE = f"""
    WITH {OPEN_SHARES}
    SELECT store_id, coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint,
        coalesce(sum(amount) FILTER (WHERE amount < 0), 0)::bigint
    FROM open_share WHERE programme_id = ANY(%(programmes)s) GROUP BY 1
"""  # noqa: S608 our own text


@dataclass(frozen=True, slots=True)
class Previewed:
    """A store with the amounts that its statement would have."""

    store: Store
    amounts: Amounts


@transaction.atomic
def preview(rule: SettlementRule, period: SettlementPeriod) -> list[Previewed]:
    """The statements that closing the period now would make, in the order of the stores' names."""
    be_patient()
    found = _open_by_store(rule, period)
    carried = carried_over(rule)
    stores = Store.objects.filter(pk__in=found.keys() | carried.keys()).select_related("merchant")
    drafts = []
    for store in stores:
        gross, refunds = found.get(store.pk, (0, 0))
        before = carried.get(store.pk)
        amounts = settle(
            gross=gross,
            refunds=refunds,
            carried_in=before.carried_out if before else 0,
            terms=rule.fee_and_minimum,
            is_final=period.is_final,
        )
        if store.pk in found or amounts.net:
            drafts.append(Previewed(store, amounts))
    return drafts


def _open_by_store(rule: SettlementRule, period: SettlementPeriod) -> dict[UUID, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            BY_STORE,
            {
                "region": rule.region_id,
                "before": ends_before(rule, period.last),
                "programmes": programmes_of(rule),
            },
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
