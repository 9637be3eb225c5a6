"""The till that a resident stands at: found by its code, in its own region only."""

from merchants.errors import TillUnknown
from merchants.models import Till
from regions.models import Region


def find_till(*, region: Region, code: str) -> Till:
    """The open till of this code, with its store and the ticket types that the store takes.

    Codes are read in any case, with the spaces and hyphens that people type. Raise TillUnknown.
    """
    wanted = code.translate(str.maketrans("", "", " -　")).upper()
    till: Till | None = (
        Till.objects.in_region(region)
        .filter(code=wanted, is_active=True, store__is_active=True)
        .select_related("store")
        .prefetch_related("store__ticket_types")
        .first()
    )
    if till is None:
        raise TillUnknown
    return till
