"""The first page of the platform: choose a region."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regions.access import regions_of_resident
from regions.models import Region, User


def home(request: HttpRequest) -> HttpResponse:
    """Every region, with those on top in which the person is a resident."""
    own = list(regions_of_resident(request.user)) if isinstance(request.user, User) else []
    others = Region.objects.exclude(pk__in=[region.pk for region in own])
    return render(request, "regions/home.html", {"own": own, "others": others})
