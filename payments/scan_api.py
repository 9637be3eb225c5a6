"""What the residents' app has scanned, and one purchase's charge paid with it."""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from payments.api import KEY, PaymentSerializer, problems, represent, status_of, text
from payments.charges import find_charge, pay_charge, state_of
from payments.entry import Entry, find_entry
from payments.models import Charge
from vouchers.wallet_api import WalletAPIView


class ScanSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="What the QR said: an address, a till's code, or EMVCo's payload.")


class EntrySerializer(serializers.Serializer[Entry]):
    """Where the person stands. An amount is what the code proposes: ask before you pay it."""

    till = serializers.CharField(source="till.code")
    store = serializers.CharField(source="till.store.name")
    address = serializers.CharField(source="till.store.address")
    amount = serializers.IntegerField(allow_null=True)
    charge = serializers.CharField(source="charge.token", default=None, allow_null=True)
    state = serializers.SerializerMethodField()

    def get_state(self, entry: Entry) -> str | None:
        return state_of(entry.charge) if entry.charge else None


class ScanView(WalletAPIView):
    @extend_schema(
        request=ScanSerializer, responses={200: EntrySerializer, **problems(401, 404, 422)}, operation_id="scan"
    )
    def post(self, request: Request, region: str) -> Response:
        """The till, and the amount if there is one, that a scanned code means. Nothing is paid."""
        self.wallet_id()
        return Response(EntrySerializer(find_entry(self.region, text(request, "text"))).data)


class ChargePaymentView(WalletAPIView):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.until = time.monotonic() + settings.PAYMENT_BUDGET

    @extend_schema(
        request=None,
        parameters=[KEY],
        responses={
            201: PaymentSerializer,
            202: OpenApiResponse(PaymentSerializer, description="確認中: ask for it again by its id."),
            **problems(400, 401, 402, 404, 409, 410, 503),
        },
        operation_id="charge_pay",
    )
    def post(self, request: Request, region: str, charge: str) -> Response:
        """Pay a charge, whole, after the person has said yes to shop and amount."""
        found: Charge = find_charge(self.region, charge)
        key = request.headers.get("Idempotency-Key", "")
        payment = pay_charge(found, wallet_id=self.wallet_id(), key=key, until=self.until)
        return Response(represent(payment), status=status_of(payment))
