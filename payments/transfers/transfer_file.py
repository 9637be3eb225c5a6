"""A run as the bank takes it: header, one record a transfer, trailer, end. Pure, and the same bytes every time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from payments.transfers.errors import FieldInvalid, SumTooLarge, TooManyTransfers
from payments.transfers.zengin import DATA, ENCODING, END, HEADER, TRAILER, Placed, placed, record

COUNT_MAX, TOTAL_MAX, AMOUNT_MAX = 999_999, 10**12 - 1, 10**10 - 1
GENERAL_TRANSFER, JIS = "21", "0"
END_MARK = b"\x1a"
LAYOUTS = {"1": HEADER, "2": DATA, "8": TRAILER, "9": END}


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the banks write it: codes as digits, names in half-width kana."""

    bank_code: str
    bank_name: str
    branch_code: str
    branch_name: str
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, from which account, and what this bank wants of the file beyond the common format.

    `clearing_house` is four zeros or empty; `new_code` and `delivery` are as the bank's sheet says; with
    `has_edi` the reference is EDI information and the record is marked so.
    """

    client_code: str
    client_name: str
    account: Account
    has_line_ends: bool = True
    has_end_mark: bool = False
    clearing_house: str = "0000"
    new_code: str = "0"
    delivery: str = "7"
    has_edi: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One transfer: to whom, how many yen, and what stands in its reference (digits, for customer codes)."""

    account: Account
    holder: str
    amount: int
    reference: str = ""


def records(payer: Payer, pay_on: date, orders: Sequence[Order]) -> list[str]:
    """The file's records of 120 characters. Raise FieldInvalid, TooManyTransfers or SumTooLarge."""
    if len(orders) > COUNT_MAX:
        raise TooManyTransfers
    total = sum(order.amount for order in orders)
    if total > TOTAL_MAX:
        raise SumTooLarge
    trailer = record(TRAILER, {"record": 8, "count": len(orders), "total": total})
    data = [_data(payer, order) for order in orders]
    return [_header(payer, pay_on), *data, trailer, record(END, {"record": 9})]


def as_bytes(payer: Payer, lines: Sequence[str]) -> bytes:
    """The records as the bank's file, with or without line ends and a mark at the end."""
    line_end = b"\r\n" if payer.has_line_ends else b""
    return b"".join(line.encode(ENCODING) + line_end for line in lines) + (END_MARK if payer.has_end_mark else b"")


def fields_of(line: str) -> list[Placed]:
    """The fields of one of our records, by its first character."""
    return placed(LAYOUTS[line[0]], line)


def _header(payer: Payer, pay_on: date) -> str:
    account = payer.account
    values = {
        "record": 1,
        "business": GENERAL_TRANSFER,
        "code_set": JIS,
        "client_code": payer.client_code,
        "client_name": payer.client_name,
        "pay_day": f"{pay_on:%m%d}",
    }
    return record(HEADER, values | _account(account))


def _data(payer: Payer, order: Order) -> str:
    if not 0 < order.amount <= AMOUNT_MAX:
        raise FieldInvalid(field="振込金額", value=order.amount, reason="out of range")
    values = {
        "record": 2,
        "clearing_house": payer.clearing_house,
        "holder": order.holder,
        "amount": order.amount,
        "new_code": payer.new_code,
        "reference": _reference(payer, order),
        "delivery": payer.delivery,
        "identification": "Y" if payer.has_edi else "",
    }
    return record(DATA, values | _account(order.account))


def _reference(payer: Payer, order: Order) -> str:
    """EDI information as it is, without commas; else two customer codes of ten digits each."""
    if not payer.has_edi:
        if order.reference and not (order.reference.isascii() and order.reference.isdigit()):
            raise FieldInvalid(field="顧客コード", value=order.reference, reason="not digits")
        return order.reference.rjust(20, "0")
    if "," in order.reference:
        raise FieldInvalid(field="EDI情報", value=order.reference, reason="character not allowed")
    return order.reference


def _account(account: Account) -> dict[str, str]:
    return {
        "bank_code": account.bank_code,
        "bank_name": account.bank_name,
        "branch_code": account.branch_code,
        "branch_name": account.branch_name,
        "account_kind": account.kind,
        "account_number": account.number,
    }
