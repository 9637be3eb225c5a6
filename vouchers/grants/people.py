"""Whom the lines of a list are about, looked up once for the whole list."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from regions.csv_import import Row
from regions.models import Region, Resident
from vouchers.grants.rules import GrantRule, parse_rule
from vouchers.models import Entitlement, EntitlementState, GrantTerms, TicketType, Voucher

CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Register:
    """The region's residents by number, ticket types by programme and name, and rules by ticket type."""

    residents: dict[str, Resident]
    ticket_types: dict[tuple[str, str], TicketType]
    rules: dict[UUID, GrantRule]


def look_up(region: Region, rows: Iterable[Row]) -> Register:
    numbers = {row.values.get(column, "") for row in rows for column in ("resident_no", "child_no")} - {""}
    residents = {
        resident.resident_no: resident
        for chunk in chunks(sorted(numbers))
        for resident in Resident.objects.in_region(region).filter(resident_no__in=chunk)
    }
    types: dict[tuple[str, str], TicketType] = {}
    for ticket_type in TicketType.objects.in_region(region).select_related("programme"):
        for programme in (ticket_type.programme.slug, ticket_type.programme.name):
            types[programme, ticket_type.slug] = types[programme, ticket_type.name] = ticket_type
    rules = {terms.ticket_type_id: parse_rule(terms.rule) for terms in GrantTerms.objects.in_region(region)}
    return Register(residents, types, rules)


def keys_in_use(region: Region, keys: Iterable[str]) -> dict[str, str]:
    """The keys that stand for a grant already: for what state it is in, or `issued` for a voucher without a list."""
    found: dict[str, str] = {}
    for chunk in chunks(sorted(keys)):
        issued = Voucher.objects.in_region(region).filter(issue_key__in=chunk)
        found |= dict.fromkeys(issued.values_list("issue_key", flat=True), str(EntitlementState.ISSUED))
        found |= dict(Entitlement.objects.in_region(region).filter(key__in=chunk).values_list("key", "state"))
    return found


def who_has_it(region: Region, ticket_type_ids: Iterable[UUID]) -> set[tuple[UUID, UUID, UUID | None]]:
    """(ticket type, resident, child) of every entitlement that is good, or is on a list that may become so."""
    states = (EntitlementState.PROPOSED, EntitlementState.OFFERED, EntitlementState.ISSUED)
    rows = Entitlement.objects.in_region(region).filter(ticket_type__in=set(ticket_type_ids), state__in=states)
    return set(rows.values_list("ticket_type_id", "resident_id", "child_id"))


def chunks(values: list[str]) -> Iterable[list[str]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
