"""What a statement says, as one hash, so that anybody can see later that it still says the same."""

import hashlib
import json
from typing import Any

from django.db import connection

from merchants.models import Store
from payments.models import SettlementRule, Statement
from payments.settlement.amounts import Amounts
from payments.settlement.errors import StatementDamaged

# Of all lines in their order: entry, programme, yen and time (UTC), a line each.
LINES_HASH = """
    encode(sha256(convert_to(string_agg(
        entry_id || ' ' || programme_id || ' ' || amount || ' ' || to_char(at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS'),
        E'\\n' ORDER BY at, entry_id, programme_id), 'UTF8')), 'hex')
"""
FIGURES = (
    "number", "first_on", "last_on", "pay_on", "gross", "refunds", "fee", "carried_in", "carried_out", "net",
    "payments_count", "refunds_count",
)  # fmt: skip


def letterhead(rule: SettlementRule, store: Store, amounts: Amounts) -> dict[str, Any]:
    """The names and terms that stand on the paper, as they are at this moment; `programmes` are names by id."""
    region = rule.region
    return {
        "region": region.name,
        "office": region.contact_name,
        "office_phone": region.contact_phone,
        "office_hours": region.contact_hours,
        "time_zone": region.time_zone,
        "merchant": store.merchant.name,
        "store": store.name,
        "store_no": store.store_no,
        "programme": rule.programme.name if rule.programme else "",
        "programmes": {},
        "fee_bp": rule.fee_bp,
        "fee_fixed": rule.fee_fixed,
        "tax_in_fee": amounts.tax_in_fee,
        "invoice_number": rule.invoice_number,
        "minimum": rule.minimum,
    }


def content_hash(statement: Statement, lines_hash: str) -> str:
    """SHA-256, in hexadecimal, of the figures, the letterhead and the lines."""
    figures = {name: str(getattr(statement, name)) for name in FIGURES}
    content = {"figures": figures, "letterhead": statement.letterhead, "lines": lines_hash}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def check_content(statement: Statement) -> None:
    """Raise StatementDamaged if the rows are not those that the statement was closed with."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {LINES_HASH} FROM payments_statementline WHERE statement_id = %s",  # noqa: S608 our own text
            [statement.pk],
        )
        row = cursor.fetchone()
    if statement.content_hash != content_hash(statement, (row and row[0]) or ""):
        raise StatementDamaged(statement.number)
