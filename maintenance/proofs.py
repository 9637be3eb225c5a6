"""Every completed payment's receipt verified as an outsider would: with the notary's public key alone."""

from collections.abc import Mapping
from typing import Any

import psycopg

from notary.client.receipts import BadReceipt, verify_receipt

# What the office completed against the notary's refusal carries the refusal, and is not asked for.
COMPLETED = """
    SELECT payment.id::text, payment.amount, payment.receipt FROM payments_payment AS payment
    WHERE payment.status = 'completed'
      AND NOT EXISTS (SELECT FROM payments_disputedecision WHERE payment_id = payment.id)
"""


def count_bad_receipts(database_url: str, public_keys: Mapping[str, bytes]) -> int:
    """How many completed payments have a receipt that does not prove just this payment with just this amount."""
    with psycopg.connect(database_url) as connection:
        return sum(
            not _proves(receipt, payment_id, amount, public_keys)
            for payment_id, amount, receipt in connection.execute(COMPLETED.encode())
        )


def _proves(receipt: Any, payment_id: str, amount: int, public_keys: Mapping[str, bytes]) -> bool:
    try:
        leaf = verify_receipt(receipt, public_keys)
        yen = sum(allocation["amount"] for allocation in leaf["allocations"])
        return bool(leaf["outcome"] == "committed" and leaf["id"] == payment_id and yen == amount)
    except (BadReceipt, KeyError, TypeError):
        return False
