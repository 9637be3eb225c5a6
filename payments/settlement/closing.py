"""A period closed: what is open becomes lines, the lines become a statement a store, and none changes again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from merchants.models import Store
from payments.crash_points import crash_point
from payments.models import Closing, SettlementRule, Statement
from payments.settlement.amounts import settle
from payments.settlement.announcing import announce_statements
from payments.settlement.calendar import SettlementPeriod
from payments.settlement.content import LINES_HASH, content_hash, letterhead
from payments.settlement.errors import PeriodNotNext, PeriodNotOver
from payments.settlement.schedule import ends_before, first_day
from payments.settlement.shares import OPEN_SHARES, programmes_of
from regions.ids import new_id
from regions.models import User
from regions.patience import be_patient
from vouchers.models import Programme

log = structlog.stdlib.get_logger(__name__)

# Whoever comes second skips what the first has taken: the key of the lines decides.
TAKE_LINES = f"""
    WITH {OPEN_SHARES}
    INSERT INTO payments_statementline (entry_id, programme_id, statement_id, amount, at, is_late, till_name)
    SELECT share.entry_id, share.programme_id, taker.statement_id, share.amount, share.at, share.at < %(begins)s,
        till.name
    FROM open_share AS share
        JOIN unnest(%(stores)s::uuid[], %(statements)s::uuid[]) AS taker(store_id, statement_id) USING (store_id)
        JOIN payments_payment AS payment ON payment.id = share.payment_id
        JOIN merchants_till AS till ON till.id = payment.till_id
    WHERE share.programme_id = ANY(%(programmes)s)
    ON CONFLICT DO NOTHING
"""  # noqa: S608 our own text
ADD_UP = f"""
    SELECT statement_id, coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint,
        coalesce(sum(amount) FILTER (WHERE amount < 0), 0)::bigint,
        count(DISTINCT entry_id) FILTER (WHERE amount > 0), count(DISTINCT entry_id) FILTER (WHERE amount < 0),
        {LINES_HASH}
    FROM payments_statementline WHERE statement_id = ANY(%(statements)s) GROUP BY 1
"""  # noqa: S608 our own text


@dataclass(frozen=True, slots=True)
class Totals:
    """What a store's lines add up to, and the hash of them."""

    gross: int
    refunds: int
    payments_count: int
    refunds_count: int
    lines_hash: str


NO_LINES = Totals(0, 0, 0, 0, "")


@transaction.atomic(durable=True)
def close_period(
    rule: SettlementRule, period: SettlementPeriod, *, by: User | None = None, now: datetime | None = None
) -> Closing:
    """Close the rule's next period for all stores; all of it, or after a crash nothing.

    Idempotent on the rule and the period's last day: a second call, at the same time or later, returns the first
    one's closing. An entry belongs to the period of its time; one that is written later than its period was closed
    is a late line of the next. Raise PeriodNotOver or PeriodNotNext, with nothing changed. Locks the rule.
    """
    be_patient()
    now = now or timezone.now()
    rule = SettlementRule.objects.select_for_update(no_key=True, of=("self",)).select_related("region").get(pk=rule.pk)
    if closed := Closing.objects.filter(rule=rule, last_on=period.last).first():
        return closed  # type: ignore[no-any-return]
    _check(rule, period, now)
    closing = Closing.objects.create(
        region_id=rule.region_id,
        rule=rule,
        first_on=period.first,
        last_on=period.last,
        pay_on=period.pay_on,
        is_final=period.is_final,
        closed_at=now,
        closed_by=by,
    )
    statements = _write_statements(rule, closing)
    announce_statements(closing, statements)
    crash_point("inside the closing")
    log.info("period closed", region=str(rule.region_id), closing=str(closing.pk), statements=len(statements))
    return closing


def _check(rule: SettlementRule, period: SettlementPeriod, now: datetime) -> None:
    if period.first != first_day(rule):
        raise PeriodNotNext(first_day(rule))
    if now < ends_before(rule, period.last):
        raise PeriodNotOver(period.last)


def _write_statements(rule: SettlementRule, closing: Closing) -> list[Statement]:
    stores = {store.pk: store for store in Store.objects.filter(region_id=rule.region_id).select_related("merchant")}
    ids = {store_id: new_id() for store_id in stores}
    _take_lines(rule, closing, ids)
    totals = _add_up(ids.values())
    carried = carried_over(rule)
    programmes = {str(pk): name for pk, name in _programme_names(rule)}
    statements = []
    for store_id, store in stores.items():
        found, previous = totals.get(ids[store_id], NO_LINES), carried.get(store_id)
        if statement := _statement(rule, closing, store, found, previous):
            statement.pk, statement.letterhead["programmes"] = ids[store_id], programmes
            statement.content_hash = content_hash(statement, found.lines_hash)
            statements.append(statement)
    return Statement.objects.bulk_create(statements, batch_size=1000)


def _take_lines(rule: SettlementRule, closing: Closing, ids: Mapping[UUID, UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE_LINES,
            {
                "region": rule.region_id,
                "before": ends_before(rule, closing.last_on),
                "begins": datetime.combine(closing.first_on, datetime.min.time(), tzinfo=rule.region.tz),
                "programmes": programmes_of(rule),
                "stores": list(ids),
                "statements": list(ids.values()),
            },
        )


def _add_up(statement_ids: Iterable[UUID]) -> dict[UUID, Totals]:
    with connection.cursor() as cursor:
        cursor.execute(ADD_UP, {"statements": list(statement_ids)})
        return {row[0]: Totals(*row[1:]) for row in cursor.fetchall()}


def carried_over(rule: SettlementRule) -> dict[UUID, Statement]:
    """Each store's last statement under the rule."""
    last = Statement.objects.filter(rule=rule, following__isnull=True)
    return {statement.store_id: statement for statement in last}


def _statement(
    rule: SettlementRule, closing: Closing, store: Store, totals: Totals, previous: Statement | None
) -> Statement | None:
    """The store's statement; none where nothing happened and nothing that was carried over is paid out."""
    amounts = settle(
        gross=totals.gross,
        refunds=totals.refunds,
        carried_in=previous.carried_out if previous else 0,
        terms=rule.fee_and_minimum,
        is_final=closing.is_final,
    )
    if totals is NO_LINES and not amounts.net:
        return None
    return Statement(
        region_id=rule.region_id,
        closing=closing,
        rule=rule,
        store=store,
        merchant=store.merchant,
        previous=previous,
        number=number_of(rule, closing, store),
        first_on=closing.first_on,
        last_on=closing.last_on,
        pay_on=closing.pay_on,
        gross=amounts.gross,
        refunds=amounts.refunds,
        fee=amounts.fee,
        carried_in=amounts.carried_in,
        carried_out=amounts.carried_out,
        net=amounts.net,
        payments_count=totals.payments_count,
        refunds_count=totals.refunds_count,
        letterhead=letterhead(rule, store, amounts),
        closed_at=closing.closed_at,
    )


def _programme_names(rule: SettlementRule) -> QuerySet[Any]:
    return Programme.objects.filter(pk__in=programmes_of(rule)).order_by("pk").values_list("pk", "name")


def number_of(rule: SettlementRule, closing: Closing, store: Store) -> str:
    """The number on the paper: the period's last day, the programme where the rule is for one, the store."""
    parts = [f"{closing.last_on:%Y%m%d}", rule.programme.slug if rule.programme else "", store.store_no]
    return "-".join(part for part in parts if part)
