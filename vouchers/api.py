"""The wallet and the programmes, for the residents' app."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from regions.api import RegionAPIView
from vouchers.models import Programme, ProgrammeStatus, TicketType, Unit, UnitPart, Voucher
from vouchers.wallet_api import WalletAPIView


class VoucherSerializer(serializers.ModelSerializer[Voucher]):
    """A voucher with yen as integers; `good_at` names the sizes of shop that take it."""

    programme = serializers.CharField(source="ticket_type.programme.name")
    ticket_type = serializers.CharField(source="ticket_type.slug")
    ticket_type_name = serializers.CharField(source="ticket_type.name")
    good_at = serializers.SerializerMethodField()

    class Meta:
        model = Voucher
        fields = (
            "id", "programme", "ticket_type", "ticket_type_name", "face", "available", "held", "expires_at", "good_at",
        )  # fmt: skip

    def get_good_at(self, voucher: Voucher) -> str:
        return voucher.ticket_type.kind


class WalletSerializer(serializers.Serializer[Any]):
    balance = serializers.IntegerField(help_text="Yen that can be spent now.")
    held = serializers.IntegerField(help_text="Yen held by payments that are being checked.")
    vouchers = VoucherSerializer(many=True)


class TicketTypeSerializer(serializers.ModelSerializer[TicketType]):
    class Meta:
        model = TicketType
        fields = ("slug", "name", "kind", "good_from_at", "good_until_at")


class UnitPartSerializer(serializers.ModelSerializer[UnitPart]):
    ticket_type = serializers.CharField(source="ticket_type.slug")

    class Meta:
        model = UnitPart
        fields = ("ticket_type", "face")


class UnitSerializer(serializers.ModelSerializer[Unit]):
    """What a resident buys: yen of the price and of the value; `frame` names the group that it is kept for."""

    frame = serializers.SerializerMethodField()
    face = serializers.IntegerField()
    premium = serializers.IntegerField()
    parts = UnitPartSerializer(many=True)

    class Meta:
        model = Unit
        fields = ("slug", "name", "frame", "price", "face", "premium", "stock", "limit_per_person", "parts")

    def get_frame(self, unit: Unit) -> str | None:
        return unit.frame.slug if unit.frame else None


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    ticket_types = TicketTypeSerializer(many=True)
    units = UnitSerializer(many=True)

    class Meta:
        model = Programme
        fields = (
            "slug",
            "name",
            "description",
            "issuer",
            "allotment",
            "apply_from_at",
            "apply_until_at",
            "sale_from_at",
            "sale_until_at",
            "use_from_at",
            "use_until_at",
            "limit_per_person",
            "limit_units_per_person",
            "limit_units_per_household",
            "ticket_types",
            "units",
        )


class WalletView(WalletAPIView):
    @extend_schema(responses=WalletSerializer, operation_id="wallet")
    def get(self, request: Request, region: str) -> Response:
        """The caller's vouchers in the region that still have value, in the order in which they are spent."""
        vouchers = list(
            Voucher.objects.filter(wallet_id=self.wallet_id())
            .with_value(at=timezone.now())
            .select_related("ticket_type__programme")
            .in_spending_order()
        )
        wallet = {
            "balance": sum(voucher.available for voucher in vouchers),
            "held": sum(voucher.held for voucher in vouchers),
            "vouchers": vouchers,
        }
        return Response(WalletSerializer(wallet).data)


class ProgrammeListView(RegionAPIView):
    @extend_schema(responses=ProgrammeSerializer(many=True), operation_id="programmes")
    def get(self, request: Request, region: str) -> Response:
        """The region's published programmes."""
        programmes = (
            Programme.objects.in_region(self.region)
            .filter(status=ProgrammeStatus.PUBLISHED)
            .prefetch_related("ticket_types__programme", "units__frame", "units__parts__ticket_type")
        )
        return Response(ProgrammeSerializer(programmes, many=True).data)
