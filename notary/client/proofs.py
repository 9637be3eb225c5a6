"""An answer counts only if it proves itself: each decision by a receipt that is about what was asked."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from notary.client.errors import NotaryNotAuthentic
from notary.client.receipts import BadReceipt, signed_batch_of, verify_inclusion, verify_signature
from notary.client.values import Outcome, OutcomeKind, Reason, Request, Void
from notary.client.wire import content_of

Keys = Mapping[str, bytes]


class Proofs:
    """Checks the receipts of one call; each batch's signature once, however many receipts share it.

    `keys_for` gives the public keys when told the id of the one that is needed.
    """

    def __init__(self, platform: str, keys_for: Callable[[str], Keys]) -> None:
        self._platform = platform
        self._keys_for = keys_for
        self._trusted: set[tuple[str, str, str]] = set()

    def check_answer(self, request: Request, outcome: Outcome) -> None:
        """Raise NotaryNotAuthentic unless the outcome is proven to be about this request."""
        if outcome.id != request.id and outcome.outcome is not OutcomeKind.INVALID:
            raise NotaryNotAuthentic("the answer is about another id")
        if outcome.is_decision:
            leaf = self.check(outcome)
            repeats_void = leaf["outcome"] == OutcomeKind.VOIDED
            if not (isinstance(request, Void) or repeats_void or _is_about(leaf, request)):
                raise NotaryNotAuthentic("the receipt is about another request")

    def check(self, outcome: Outcome) -> Mapping[str, Any]:
        """The signed decision, or NotaryNotAuthentic unless the outcome says what its receipt says."""
        try:
            leaf = self._verified(outcome.receipt or {})
            if not (leaf["platform"] == self._platform and _says(leaf, outcome)):
                raise NotaryNotAuthentic("the outcome is not what its receipt says")
        except (BadReceipt, KeyError, TypeError, ValueError) as bad:
            raise NotaryNotAuthentic(f"a receipt fails: {bad}") from bad
        return leaf

    def _verified(self, receipt: Mapping[str, Any]) -> Mapping[str, Any]:
        batch = signed_batch_of(receipt)
        leaf = verify_inclusion(receipt)
        trusted = (batch.key_id, batch.signature, repr(sorted(batch.header.items())))
        if trusted not in self._trusted:
            verify_signature(batch, self._keys_for(batch.key_id))
            self._trusted.add(trusted)
        return leaf


def _says(leaf: Mapping[str, Any], outcome: Outcome) -> bool:
    told = (outcome.outcome, outcome.reason)
    signed = (leaf["outcome"], leaf["reason"])
    is_refused_as_void = told == (OutcomeKind.REFUSED, Reason.VOIDED) and leaf["outcome"] == OutcomeKind.VOIDED
    return (
        (told == signed or is_refused_as_void)
        and leaf["id"] == str(outcome.id)
        and leaf["position"] == outcome.position
        and datetime.fromisoformat(leaf["decided_at"]) == outcome.decided_at
    )


def _is_about(leaf: Mapping[str, Any], request: Request) -> bool:
    return all(leaf.get(field) == value for field, value in content_of(request).items())
