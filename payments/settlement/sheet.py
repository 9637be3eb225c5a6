"""A statement as rows, for its paper, its CSV and its Excel file alike. Texts are in the language that is active."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from payments.models import Statement, StoreEntryKind
from payments.models.payment import number_of


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One payment or refund, or a programme's part of it; `amount` is signed yen."""

    time: str
    what: str
    number: str
    till: str
    programme: str
    amount: int
    is_late: bool


def lines_of(statement: Statement) -> Iterator[SheetLine]:
    """The statement's lines in their order, in the region's time, under the names that they had when it was closed."""
    tz = ZoneInfo(statement.letterhead["time_zone"])
    programmes = statement.letterhead["programmes"]
    words: dict[str, str] = {StoreEntryKind.PAYMENT: _("payment"), StoreEntryKind.REFUND: _("refund")}
    rows = statement.lines.order_by("at", "entry_id", "programme_id").values_list(
        "at", "entry__kind", "entry__payment_id", "till_name", "programme_id", "amount", "is_late"
    )
    for at, kind, payment_id, till, programme_id, amount, is_late in rows.iterator(chunk_size=5000):
        yield SheetLine(
            time=f"{at.astimezone(tz):%Y/%m/%d %H:%M:%S}",
            what=words[kind],
            number=number_of(payment_id),
            till=till,
            programme=programmes.get(str(programme_id), ""),
            amount=amount,
            is_late=is_late,
        )


def sums_of(statement: Statement) -> list[tuple[str, int]]:
    """What the lines come to, step by step, down to what is paid out; each with its sign."""
    steps = [(_("payments"), statement.gross), (_("refunds"), statement.refunds)]
    if statement.fee:
        steps.append((_("fee (with tax)"), -statement.fee))
    if statement.carried_in:
        steps.append((_("carried over from before"), statement.carried_in))
    if statement.carried_out:
        steps.append((_("carried over to the next"), -statement.carried_out))
    return [*steps, (_("paid out"), statement.net)]


def table_of(statement: Statement) -> Iterator[list[object]]:
    """Head, lines and sums as a bookkeeper's file."""
    yield [
        *(_("date and time"), _("what"), _("payment number"), _("store"), _("till"), _("programme")),
        *(_("amount (yen)"), _("remark"), _("statement number")),
    ]
    store = statement.letterhead["store"]
    for line in lines_of(statement):
        remark = _("of an earlier period") if line.is_late else ""
        yield [
            *(line.time, line.what, line.number, store, line.till, line.programme),
            *(line.amount, remark, statement.number),
        ]
    for words, yen in sums_of(statement):
        yield ["", words, "", store, "", "", yen, "", statement.number]
