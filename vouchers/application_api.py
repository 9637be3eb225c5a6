"""Applications, for the residents' app."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from regions.access import residency
from regions.api import RegionAPIView
from regions.models import Resident
from vouchers.applications import submit
from vouchers.errors import UnitsInvalid
from vouchers.models import Application
from vouchers.programme_pages import find_programme


class ApplicationRequestSerializer(serializers.Serializer[Any]):
    units = serializers.DictField(child=serializers.IntegerField(), help_text="Numbers of units by the units' slugs.")


class ApplicationLineSerializer(serializers.Serializer[Any]):
    unit = serializers.CharField(source="unit.slug")
    asked = serializers.IntegerField(source="units_asked")
    won = serializers.IntegerField(source="units_won", allow_null=True)


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    programme = serializers.CharField(source="programme.slug")
    lines = ApplicationLineSerializer(many=True)

    class Meta:
        model = Application
        fields = ("id", "number", "programme", "status", "units", "price", "place", "submitted_at", "lines")


class ResidentAPIView(RegionAPIView):
    @property
    def resident(self) -> Resident:
        """The caller on this region's list; raise Http404 for who is not."""
        found = residency(self.user, self.region)
        if found is None:
            raise Http404
        return found


class ApplicationListView(ResidentAPIView):
    @extend_schema(responses=ApplicationSerializer(many=True), operation_id="applications")
    def get(self, request: Request, region: str) -> Response:
        """The caller's applications in the region, newest first."""
        own = Application.objects.filter(resident=self.resident).select_related("programme")
        return Response(ApplicationSerializer(own.prefetch_related("lines__unit"), many=True).data)


class ProgrammeApplicationsView(ResidentAPIView):
    @extend_schema(
        request=ApplicationRequestSerializer,
        responses={201: ApplicationSerializer, 409: OpenApiResponse(description="There is another one already.")},
        operation_id="apply",
    )
    def post(self, request: Request, region: str, slug: str) -> Response:
        """Apply for units; sending the same again answers with the application that is there."""
        programme = find_programme(self.region, slug)
        units = request.data.get("units") if isinstance(request.data, dict) else None
        if not isinstance(units, dict):
            raise UnitsInvalid
        application = submit(programme=programme, resident=self.resident, units=units)
        return Response(ApplicationSerializer(application).data, status=201)
