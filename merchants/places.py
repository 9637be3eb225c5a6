"""The till that a resident stands at: found by its code, in its own region only."""

from dataclasses import dataclass
from uuid import UUID

from merchants.errors import TillUnknown
from merchants.models import Till
from regions.models import Region
from regions.prepared import fetch

PLACE = """
    SELECT till.id, till.code, store.id, store.name,
        ARRAY(SELECT tickettype_id FROM merchants_store_ticket_types WHERE store_id = store.id)
    FROM merchants_till AS till JOIN merchants_store AS store ON store.id = till.store_id
    WHERE till.region_id = %s AND till.code = %s AND till.is_active AND store.is_active
"""
_NOT_READ = str.maketrans("", "", " -　")


@dataclass(frozen=True, slots=True)
class Place:
    """A till as a payment needs it: whose it is, and which ticket types are good there."""

    till_id: UUID
    code: str
    store_id: UUID
    store_name: str
    ticket_type_ids: list[UUID]


def find_place(*, region_id: UUID, code: str) -> Place:
    """The open till of this code, in one prepared statement; raise TillUnknown."""
    rows = fetch(PLACE, [region_id, read_code(code)])
    if not rows:
        raise TillUnknown
    return Place(*rows[0])


def find_till(*, region: Region, code: str) -> Till:
    """The open till of this code, with its store and the ticket types that the store takes.

    Raise TillUnknown.
    """
    till: Till | None = (
        Till.objects.in_region(region)
        .filter(code=read_code(code), is_active=True, store__is_active=True)
        .select_related("store")
        .prefetch_related("store__ticket_types")
        .first()
    )
    if till is None:
        raise TillUnknown
    return till


def read_code(code: str) -> str:
    """A code as it is kept: typed in any case, with the spaces and hyphens that people type."""
    return code.translate(_NOT_READ).upper()
