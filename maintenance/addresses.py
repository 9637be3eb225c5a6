"""Which function an address belongs to: the table of what a window closes and what goes on."""

from collections.abc import Sequence

from maintenance.models import Scope

# Admin sites, sign-in, probes and files go on: staff must get in, and machines must be able to ask.
OPEN_PREFIXES = (
    "/staff/",
    "/portal/",
    "/accounts/",
    "/_allauth/",
    "/static/",
    "/i18n/",
    "/livez",
    "/readyz",
    "/metrics",
    "/probe",
    "/status.json",
    "/api/v1/status",
    "/api/v1/schema/",
    "/api/v1/docs/",
)
API_REGIONS = ("api", "v1", "regions")
READING = frozenset({"GET", "HEAD", "OPTIONS"})

# What follows the region in an address, and what it is for. All else is for reading.
PAGES = {
    "pay": Scope.PAYMENTS,
    "apply": Scope.SALES,
    "applications": Scope.SALES,
    "orders": Scope.SALES,
}
API_WRITES = {
    "payments": Scope.PAYMENTS,
    "applications": Scope.SALES,
    "orders": Scope.SALES,
}
STATUS_PAGE = "status"


def is_always_open(path: str) -> bool:
    return path.startswith(OPEN_PREFIXES)


def closable_function(path: str, method: str) -> Scope | None:
    """What of a region the address needs: payments, sales, or nothing but that it is open at all.

    None for addresses that no window closes.
    """
    parts = [part for part in path.split("/") if part]
    if is_always_open(path):
        return None
    if tuple(parts[:3]) == API_REGIONS:
        return _api_function(parts[4:], method)
    if parts[1:2] == [STATUS_PAGE] and len(parts) == 2:
        return None
    return PAGES.get(parts[1], Scope.ALL) if len(parts) > 1 else Scope.ALL


def _api_function(parts: Sequence[str], method: str) -> Scope:
    # A refund is `payments/{id}/refunds`: it gives back and is no payment.
    if method in READING or not parts:
        return Scope.ALL
    return API_WRITES.get(parts[-1], Scope.ALL)
