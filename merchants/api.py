"""Where vouchers are taken, for the residents' app."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.models import Store
from regions.api import RegionAPIView


class StoreSerializer(serializers.ModelSerializer[Store]):
    ticket_types: serializers.RelatedField[Any, Any, Any] = serializers.SlugRelatedField(
        slug_field="slug", many=True, read_only=True
    )
    tills = serializers.SerializerMethodField()

    class Meta:
        model = Store
        fields = ("id", "name", "kana", "category", "size_class", "address", "ticket_types", "tills")

    def get_tills(self, store: Store) -> list[str]:
        return [till.code for till in store.tills.all() if till.is_active]


class StoreListView(RegionAPIView):
    @extend_schema(
        responses=StoreSerializer(many=True),
        operation_id="stores",
        parameters=[
            OpenApiParameter("ticket_type", str, description="Only stores that take this ticket type (its slug)."),
            OpenApiParameter("name", str, description="Only stores with this in their name or its reading."),
        ],
    )
    def get(self, request: Request, region: str) -> Response:
        """The region's open stores with the codes of their tills."""
        return Response(StoreSerializer(self._stores(request), many=True).data)

    def _stores(self, request: Request) -> QuerySet[Store]:
        stores = Store.objects.in_region(self.region).open().prefetch_related("ticket_types", "tills")
        if ticket_type := request.query_params.get("ticket_type"):
            stores = stores.filter(ticket_types__slug=ticket_type)
        if name := request.query_params.get("name"):
            stores = stores.filter(Q(name__icontains=name) | Q(kana__icontains=name))
        return stores
