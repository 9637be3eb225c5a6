"""Whose rows a person may see: the one answer for pages, API, admin sites and exports."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from regions.models import NotaryCluster, Region, Resident, Role, User
from regions.prepared import fetch

REGION_FIELDS = [field.attname for field in Region._meta.concrete_fields]
REGION = f"SELECT {', '.join(REGION_FIELDS)} FROM regions_region WHERE slug = %s"  # noqa: S608 its own columns


def find_region(slug: str) -> Region:
    """The region of this identifier; raise Http404."""
    rows = fetch(REGION, [slug])
    if not rows:
        raise Http404
    return Region.from_db("default", REGION_FIELDS, rows[0])


def find_cluster(cluster_id: UUID) -> NotaryCluster:
    """The notary cluster of this id, in one prepared statement; raise NotaryCluster.DoesNotExist."""
    rows = fetch("SELECT id, slug, url FROM regions_notarycluster WHERE id = %s", [cluster_id])
    if not rows:
        raise NotaryCluster.DoesNotExist
    return NotaryCluster.from_db("default", ["id", "slug", "url"], rows[0])


def region_of_request(request: HttpRequest) -> Region | None:
    """The region in the address of the page, looked up once; none for addresses without one."""
    if not hasattr(request, "region"):
        match = request.resolver_match
        slug = match.kwargs.get("region") if match else None
        request.region = Region.objects.filter(slug=slug).first() if slug else None  # type: ignore[attr-defined]
    found: Region | None = request.region  # type: ignore[attr-defined]
    return found


def residency(user: User, region: Region) -> Resident | None:
    """The person as a resident of the region, with the wallet, or none."""
    return Resident.objects.in_region(region).filter(user=user).select_related("wallet").first()


def regions_of_resident(user: User) -> QuerySet[Region]:
    """The regions on whose lists of residents the person stands."""
    return Region.objects.filter(residents__user=user)


def staffed_regions(user: User) -> QuerySet[Region]:
    """The regions whose rows the person may see at the secretariat's site."""
    if user.is_operator:
        return Region.objects.all()
    return Region.objects.filter(memberships__user=user, memberships__role=Role.SECRETARIAT)
