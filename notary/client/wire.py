"""The JSON spelling of requests and outcomes, in both directions; reading is strict."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from notary.client.values import (
    MAX_ALLOCATIONS,
    MAX_YEN,
    Allocation,
    Close,
    Commit,
    LogEntry,
    Outcome,
    OutcomeKind,
    PublicKey,
    Reason,
    Register,
    Request,
    Reverse,
    SignedBatch,
    Void,
)

_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class InvalidRequest(Exception):
    """One entry of a batch is not a request; the message says why, without repeating what was sent."""


def content_of(request: Request) -> dict[str, Any]:
    """What makes two requests the same: everything but `valid_until`, with allocations in a fixed order."""
    content: dict[str, Any] = {"kind": request.kind, "id": str(request.id)}
    match request:
        case Commit():
            content["allocations"] = _allocations_to_wire(request.allocations)
        case Reverse():
            content["transaction"] = str(request.transaction)
            content["allocations"] = _allocations_to_wire(request.allocations)
        case Register():
            content["face"] = request.face
        case Close():
            content["voucher"] = str(request.voucher)
    return content


def request_to_wire(request: Request) -> dict[str, Any]:
    wire = content_of(request)
    if isinstance(request, Commit) and request.valid_until is not None:
        wire["valid_until"] = request.valid_until.isoformat()
    return wire


def request_from_wire(wire: Any) -> Request:
    """Read one entry, or raise InvalidRequest."""
    if not isinstance(wire, dict):
        raise InvalidRequest("an entry must be an object")
    kind = wire.get("kind")
    if not isinstance(kind, str) or kind not in _READERS:
        raise InvalidRequest("kind must be one of " + ", ".join(_READERS))
    fields, read = _READERS[kind]
    # A misspelt `valid_until` would silently be a commit without a deadline.
    if unknown := wire.keys() - fields - {"kind"}:
        raise InvalidRequest(f"{len(unknown)} unknown field(s) for {kind}")
    return read(wire)


def outcome_to_wire(outcome: Outcome) -> dict[str, Any]:
    wire: dict[str, Any] = {"id": outcome.id and str(outcome.id), "outcome": outcome.outcome.value}
    if outcome.is_decision:
        wire |= {"reason": outcome.reason, "position": outcome.position, "receipt": outcome.receipt}
        wire["decided_at"] = outcome.decided_at and instant_to_wire(outcome.decided_at)
    else:
        wire["detail"] = outcome.detail
    return wire


def outcome_from_wire(wire: Mapping[str, Any]) -> Outcome:
    """Read one outcome; raise KeyError, TypeError or ValueError if it is none."""
    return Outcome(
        id=UUID(wire["id"]) if wire["id"] else None,
        outcome=OutcomeKind(wire["outcome"]),
        reason=Reason(wire["reason"]) if wire.get("reason") else None,
        position=wire.get("position"),
        decided_at=datetime.fromisoformat(wire["decided_at"]) if wire.get("decided_at") else None,
        receipt=wire.get("receipt"),
        detail=wire.get("detail", ""),
    )


def entry_from_outcome(outcome: Outcome) -> LogEntry:
    """The log entry that a decision's own receipt describes."""
    if outcome.receipt is None:
        raise ValueError("a log entry carries its receipt")
    return LogEntry(request_from_leaf(outcome.receipt["leaf"]), outcome)


def request_from_leaf(leaf: Mapping[str, Any]) -> Request:
    """What was asked, from the signed decision."""
    fields, read = _READERS[leaf["kind"]]
    return read({field: leaf[field] for field in fields if field in leaf})


def key_to_wire(key: PublicKey) -> dict[str, str]:
    return {"key_id": key.key_id, "public_key": b64encode(key.raw).decode(), "pem": key.pem}


def key_from_wire(wire: Mapping[str, str]) -> PublicKey:
    return PublicKey(wire["key_id"], b64decode(wire["public_key"], validate=True), wire["pem"])


def batch_to_wire(batch: SignedBatch) -> dict[str, Any]:
    return {
        "batch": batch.header,
        "signature": batch.signature,
        "key_id": batch.key_id,
        "position": batch.position,
    }


def batch_from_wire(wire: Mapping[str, Any]) -> SignedBatch:
    return SignedBatch(wire["batch"], wire["signature"], wire["key_id"])


def instant_to_wire(instant: datetime) -> str:
    """ISO 8601 in UTC with six decimals: one instant has one spelling."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _allocations_to_wire(allocations: tuple[Allocation, ...]) -> list[dict[str, Any]]:
    return [{"amount": amount, "voucher": voucher} for voucher, amount in sorted((str(v), a) for v, a in allocations)]


def _read_commit(wire: Mapping[str, Any]) -> Commit:
    return Commit(_read_id(wire, "id"), _read_allocations(wire), _read_instant(wire, "valid_until"))


def _read_void(wire: Mapping[str, Any]) -> Void:
    return Void(_read_id(wire, "id"))


def _read_reverse(wire: Mapping[str, Any]) -> Reverse:
    return Reverse(_read_id(wire, "id"), _read_id(wire, "transaction"), _read_allocations(wire))


def _read_register(wire: Mapping[str, Any]) -> Register:
    return Register(_read_id(wire, "id"), _read_yen(wire, "face"))


def _read_close(wire: Mapping[str, Any]) -> Close:
    return Close(_read_id(wire, "id"), _read_id(wire, "voucher"))


_READERS: dict[str, tuple[frozenset[str], Callable[[Mapping[str, Any]], Request]]] = {
    Commit.kind: (frozenset({"id", "allocations", "valid_until"}), _read_commit),
    Void.kind: (frozenset({"id"}), _read_void),
    Reverse.kind: (frozenset({"id", "transaction", "allocations"}), _read_reverse),
    Register.kind: (frozenset({"id", "face"}), _read_register),
    Close.kind: (frozenset({"id", "voucher"}), _read_close),
}


def _read_id(wire: Mapping[str, Any], field: str) -> UUID:
    value = wire.get(field)
    # UUID() would also take braces, URNs and missing hyphens.
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise InvalidRequest(f"{field} must be a UUID")
    return UUID(value)


def _read_yen(wire: Mapping[str, Any], field: str) -> int:
    value = wire.get(field)
    # `True` is an int in Python and must not be one yen.
    if type(value) is not int or not 0 < value <= MAX_YEN:
        raise InvalidRequest(f"{field} must be a whole number of yen from 1 to {MAX_YEN}")
    return value


def _read_allocations(wire: Mapping[str, Any]) -> tuple[Allocation, ...]:
    value = wire.get("allocations")
    if not isinstance(value, list) or not 0 < len(value) <= MAX_ALLOCATIONS:
        raise InvalidRequest(f"allocations must be a list of 1 to {MAX_ALLOCATIONS}")
    allocations = tuple(_read_allocation(item) for item in value)
    if len({voucher for voucher, _ in allocations}) < len(allocations):
        raise InvalidRequest("a voucher appears twice in the allocations")
    return allocations


def _read_allocation(item: Any) -> Allocation:
    if not isinstance(item, dict) or item.keys() != {"voucher", "amount"}:
        raise InvalidRequest("an allocation must be an object of voucher and amount")
    return _read_id(item, "voucher"), _read_yen(item, "amount")


def _read_instant(wire: Mapping[str, Any], field: str) -> datetime | None:
    value = wire.get(field)
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        instant = None
    if instant is None or instant.utcoffset() is None:
        raise InvalidRequest(f"{field} must be an instant with an offset (ISO 8601)")
    return instant
