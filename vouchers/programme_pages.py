"""The region's programmes for everybody to read: what one pays and gets, who may apply, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from regions.models import Region, Resident
from vouchers.applications import is_open
from vouchers.models import Allotment, Programme, ProgrammeStatus, Unit
from vouchers.models.application import Application
from vouchers.models.draw import UNSEALED, Draw
from vouchers.resident_pages import public_page


@dataclass(frozen=True, slots=True)
class Notice:
    """A programme as a line of the list: whether it takes applications, and from when it will."""

    programme: Programme
    is_open: bool
    opens_at: datetime | None


@public_page
def programme_list(request: HttpRequest, region: Region, resident: Resident | None) -> HttpResponse:
    now = timezone.now()
    programmes = Programme.objects.in_region(region).filter(status=ProgrammeStatus.PUBLISHED)
    notices = [_notice(programme, now) for programme in programmes]
    return render(request, "vouchers/programmes.html", {"notices": notices})


@public_page
def programme_page(request: HttpRequest, region: Region, resident: Resident | None, slug: str) -> HttpResponse:
    programme, now = find_programme(region, slug), timezone.now()
    context = {
        "programme": programme,
        "notice": _notice(programme, now),
        "units": units_of(programme),
        "is_lottery": programme.allotment == Allotment.LOTTERY,
        "application": application_of(programme, resident),
        "draw": sealed_draw(programme),
    }
    return render(request, "vouchers/programme.html", context)


def find_programme(region: Region, slug: str) -> Programme:
    """A programme of the region that people may know of; raise Http404."""
    found = Programme.objects.in_region(region).exclude(status=ProgrammeStatus.DRAFT).filter(slug=slug)
    programme: Programme | None = found.select_related("region").first()
    if programme is None:
        raise Http404
    return programme


def units_of(programme: Programme) -> Sequence[Unit]:
    return list(programme.units.select_related("frame").prefetch_related("parts__ticket_type"))


def application_of(programme: Programme, resident: Resident | None) -> Application | None:
    """The person's application: the one that counts, else the latest."""
    if resident is None:
        return None
    own = Application.objects.filter(programme=programme, resident=resident).prefetch_related("lines__unit")
    return own.live().first() or own.first()


def sealed_draw(programme: Programme) -> Draw | None:
    """The programme's draw as far as the public knows of it."""
    found: Draw | None = Draw.objects.filter(programme=programme).exclude(status__in=UNSEALED).first()
    return found


def _notice(programme: Programme, now: datetime) -> Notice:
    opens_at = programme.apply_from_at
    return Notice(programme, is_open(programme, at=now), opens_at if opens_at and opens_at > now else None)
