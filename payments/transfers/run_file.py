"""A run's file made from what was frozen with it: the same records, and so the same bytes, at any time."""

import hashlib
from collections.abc import Sequence
from typing import Any

from payments.models import PayerAccount, Transfer, TransferRun
from payments.transfers.errors import FileDiffers
from payments.transfers.transfer_file import Account, Order, Payer, as_bytes, records


def payer_copy(payer: PayerAccount) -> dict[str, Any]:
    """The payer's account and its bank's wishes, as JSON."""
    return {
        "client_code": payer.client_code,
        "client_name": payer.client_name,
        "account": {
            "bank_code": payer.bank_code,
            "bank_name": payer.bank_kana,
            "branch_code": payer.branch_code,
            "branch_name": payer.branch_kana,
            "kind": payer.kind,
            "number": payer.account_number,
        },
        "has_line_ends": payer.has_line_ends,
        "has_end_mark": payer.has_end_mark,
        "clearing_house": "0000" if payer.has_clearing_zeros else "",
        "new_code": payer.new_code,
        "delivery": payer.delivery,
        "has_edi": payer.has_edi,
    }


def payer_of(run: TransferRun) -> Payer:
    copy = dict(run.payer_copy)
    return Payer(account=Account(**copy.pop("account")), **copy)


def records_of(run: TransferRun, transfers: Sequence[Transfer] | None = None) -> list[str]:
    """The records of the run's file. Raise as `transfer_file.records`."""
    payer = payer_of(run)
    rows = run.transfers.order_by("position") if transfers is None else transfers
    return records(payer, run.pay_on, [_order(payer, transfer) for transfer in rows])


def file_of(run: TransferRun) -> bytes:
    """The run's file. Raise FileDiffers if it is not the one whose hash was kept when the run was made."""
    content = as_bytes(payer_of(run), records_of(run))
    if hash_of(content) != run.sha256:
        raise FileDiffers
    return content


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _order(payer: Payer, transfer: Transfer) -> Order:
    account = Account(
        transfer.bank_code,
        transfer.bank_kana,
        transfer.branch_code,
        transfer.branch_kana,
        transfer.kind,
        transfer.account_number,
    )
    # A customer code is a number of ten digits; the second one stays zeros.
    reference = transfer.number if payer.has_edi else f"{transfer.position:010}{0:010}"
    return Order(account, transfer.holder_kana, transfer.amount, reference)
