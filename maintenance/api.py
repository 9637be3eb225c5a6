"""The state of every region and function, for the residents' app; public."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maintenance.levels import Function, Level
from maintenance.models import Scope
from maintenance.status import Report, current_report
from maintenance.statuspage import indicator_of
from maintenance.windows import closed_for

LEVELS = [(level.value, level.name.capitalize()) for level in Level]


class LevelField(serializers.ChoiceField):
    """How well a function works, in Statuspage's words."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=LEVELS, **options)


class FunctionsSerializer(serializers.Serializer[Any]):
    payments = LevelField()
    wallet = LevelField()
    portal = LevelField()
    sales = LevelField()


class MaintenanceSerializer(serializers.Serializer[Any]):
    """The window that closes the most in this region now."""

    scope = serializers.ChoiceField(choices=[scope.value for scope in Scope])
    since = serializers.DateTimeField(source="starts_at")
    until = serializers.DateTimeField(source="expected_until", allow_null=True)
    message = serializers.CharField(source="display_message", allow_blank=True)


class RegionStatusSerializer(serializers.Serializer[Any]):
    region = serializers.SlugField()
    name = serializers.CharField()
    functions = FunctionsSerializer()
    maintenance = MaintenanceSerializer(allow_null=True)


class StatusSerializer(serializers.Serializer[Any]):
    indicator = serializers.ChoiceField(choices=["none", "maintenance", "minor", "major", "critical"])
    updated_at = serializers.DateTimeField()
    regions = RegionStatusSerializer(many=True)


class StatusView(APIView):
    # Whoever asks is told, signed in or not, also while nobody can be recognised.
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses=StatusSerializer, operation_id="status", auth=[])
    def get(self, request: Request) -> Response:
        """How well each function works in each region, at most a second old."""
        return Response(StatusSerializer(describe(current_report())).data, headers={"Cache-Control": "no-store"})


def describe(report: Report) -> dict[str, Any]:
    return {
        "indicator": indicator_of(report)[0],
        "updated_at": report.at,
        "regions": [
            {
                "region": status.region.slug,
                "name": status.region.display_name,
                "functions": {function.value: status.levels[function] for function in Function},
                "maintenance": _window(status.region.slug),
            }
            for status in report.regions
        ],
    }


def _window(slug: str) -> Any:
    return next(filter(None, (closed_for(slug, scope) for scope in Scope)), None)
