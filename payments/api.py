"""Paying, the history and refunds, for the residents' app and the shops' own software."""

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.models import Till
from merchants.places import find_till
from payments.authorisation import PaymentRequest
from payments.errors import PaymentUnknown
from payments.models import Allocation, Payment, Refund
from payments.paying import pay
from payments.reach import may_refund, payments_within_reach
from payments.refunds import RefundRequest, refund_payment
from payments.states import Status
from payments.waiting import wait_for_outcome
from regions.api import RegionAPIView
from vouchers.models import Voucher
from vouchers.wallet_api import WalletAPIView

KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="1 to 255 printable ASCII characters."
)


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem document."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    return {
        (status, "application/problem+json"): OpenApiResponse(ProblemSerializer, description="Nothing was moved.")
        for status in statuses
    }


class AllocationSerializer(serializers.ModelSerializer[Allocation]):
    voucher = serializers.UUIDField(source="voucher_id")

    class Meta:
        model = Allocation
        fields = ("voucher", "amount", "refunded")


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    """One payment. `authorised_at` is when it was made, `decided_at` when the notary decided."""

    store = serializers.CharField(source="store.name")
    till = serializers.CharField(source="till.code")
    allocations = AllocationSerializer(many=True)
    receipt = serializers.JSONField(read_only=True)

    class Meta:
        model = Payment
        fields = (
            "id", "number", "status", "amount", "store", "till", "authorised_at", "decided_at",
            "decline_reason", "allocations", "refunded", "receipt",
        )  # fmt: skip


def represent(payment: Payment) -> dict[str, Any]:
    """What `PaymentSerializer` makes of a payment that has just been made, at a tenth of its cost."""
    return {
        "id": str(payment.pk),
        "number": payment.number,
        "status": payment.status,
        "amount": payment.amount,
        "store": payment.store.name,
        "till": payment.till.code,
        "authorised_at": _instant(payment.authorised_at),
        "decided_at": _instant(payment.decided_at) if payment.decided_at else None,
        "decline_reason": payment.decline_reason,
        "allocations": [
            {"voucher": str(drawn.voucher_id), "amount": drawn.amount, "refunded": drawn.refunded}
            for drawn in payment.allocations.all()
        ],
        "refunded": payment.refunded,
        "receipt": payment.receipt,
    }


def _instant(at: datetime) -> str:
    return timezone.localtime(at).isoformat()


class RefundSerializer(serializers.ModelSerializer[Refund]):
    payment = serializers.UUIDField(source="payment_id")

    class Meta:
        model = Refund
        fields = ("id", "payment", "amount", "reason", "status", "requested_at", "decided_at", "receipt")


class NewPaymentSerializer(serializers.Serializer[Any]):
    till = serializers.CharField(help_text="The code of the till.")
    amount = serializers.IntegerField(help_text="Whole yen.")


class NewRefundSerializer(serializers.Serializer[Any]):
    amount = serializers.IntegerField(help_text="Whole yen.")
    reason = serializers.CharField()


class TillVoucherSerializer(serializers.ModelSerializer[Voucher]):
    ticket_type = serializers.CharField(source="ticket_type.slug")

    class Meta:
        model = Voucher
        fields = ("id", "ticket_type", "available", "expires_at")


class TillSerializer(serializers.Serializer[Any]):
    till = serializers.CharField()
    store = serializers.CharField()
    category = serializers.CharField()
    kind = serializers.ChoiceField(choices=["small", "large"])
    balance = serializers.IntegerField(help_text="Yen of the caller's vouchers that are good here.")
    vouchers = TillVoucherSerializer(many=True)


class NewestFirst(CursorPagination):
    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100
    ordering = ("-authorised_at", "-id")


class TillView(WalletAPIView):
    @extend_schema(responses={200: TillSerializer, **problems(401, 404)}, operation_id="till")
    def get(self, request: Request, region: str, till: str) -> Response:
        """The store behind a till's code, and which of the caller's vouchers are good there."""
        found = find_till(region=self.region, code=till)
        return Response(TillSerializer(self._describe(found, self.wallet_id())).data)

    def _describe(self, till: Till, wallet_id: UUID) -> dict[str, Any]:
        good = Voucher.objects.filter(wallet_id=wallet_id, ticket_type__in=till.store.ticket_types.all())
        vouchers = list(good.spendable(at=timezone.now()).select_related("ticket_type").in_spending_order())
        return {
            "till": till.code,
            "store": till.store.name,
            "category": till.store.category,
            "kind": till.store.size_class,
            "balance": sum(voucher.available for voucher in vouchers),
            "vouchers": vouchers,
        }


class PaymentListView(WalletAPIView):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        # From here on, because finding out who asks is part of the answer's time, too.
        self.until = time.monotonic() + settings.PAYMENT_BUDGET

    @extend_schema(responses={200: PaymentSerializer(many=True), **problems(401, 404)}, operation_id="payments")
    def get(self, request: Request, region: str) -> Response:
        """The caller's payments in the region, newest first, by cursor."""
        payments = Payment.objects.filter(wallet_id=self.wallet_id()).with_places().prefetch_related("allocations")
        paginator = NewestFirst()
        page = paginator.paginate_queryset(payments, request, view=self)
        return paginator.get_paginated_response(PaymentSerializer(page, many=True).data)

    @extend_schema(
        request=NewPaymentSerializer,
        parameters=[KEY],
        responses={
            201: PaymentSerializer,
            202: OpenApiResponse(PaymentSerializer, description="確認中: ask for it again by its id."),
            **problems(400, 401, 402, 404, 409, 422, 503),
        },
        operation_id="pay",
    )
    def post(self, request: Request, region: str) -> Response:
        """Pay at a till. The answer comes within 3 seconds: final, or 202 確認中, or a refusal with nothing held."""
        payment = pay(
            PaymentRequest(
                region=self.region,
                wallet_id=self.wallet_id(),
                till=text(request, "till"),
                amount=member(request, "amount"),
                key=request.headers.get("Idempotency-Key", ""),
            ),
            until=self.until,
        )
        return Response(represent(payment), status=status_of(payment))


class PaymentView(RegionAPIView):
    @extend_schema(responses={200: PaymentSerializer, **problems(401, 404)}, operation_id="payment")
    def get(self, request: Request, region: str, payment: UUID) -> Response:
        """One payment of the caller, or of a store that the caller works for."""
        return Response(PaymentSerializer(self._find(payment)).data)

    def _find(self, payment_id: UUID) -> Payment:
        own = Payment.objects.in_region(self.region).filter(wallet__resident__user=self.user)
        for mine in (own, payments_within_reach(self.user, region=self.region)):
            found: Payment | None = mine.with_places().filter(pk=payment_id).first()
            if found is not None:
                return found
        raise PaymentUnknown(payment_id)


class RefundListView(RegionAPIView):
    @extend_schema(
        request=NewRefundSerializer,
        parameters=[KEY],
        responses={201: RefundSerializer, **problems(400, 401, 404, 409, 422)},
        operation_id="refund",
    )
    def post(self, request: Request, region: str, payment: UUID) -> Response:
        """Give back part or all of a completed payment of a store that the caller works for."""
        until = time.monotonic() + settings.PAYMENT_BUDGET
        found = payments_within_reach(self.user, region=self.region).filter(pk=payment).first()
        if found is None or not may_refund(self.user, found):
            raise PaymentUnknown(payment)
        refund = refund_payment(
            RefundRequest(
                payment_id=found.pk,
                amount=member(request, "amount"),
                reason=text(request, "reason"),
                by=self.user,
                key=request.headers.get("Idempotency-Key", ""),
            )
        )
        return Response(RefundSerializer(wait_for_outcome(refund, until=until)).data, status=201)


def status_of(payment: Payment) -> int:
    return 202 if payment.status == Status.PENDING else 201


def member(request: Request, name: str) -> Any:
    """A member of the body as it was sent: what is wrong with it, its use-case says."""
    return request.data.get(name) if isinstance(request.data, dict) else None


def text(request: Request, name: str) -> str:
    value = member(request, name)
    return value if isinstance(value, str) else ""
