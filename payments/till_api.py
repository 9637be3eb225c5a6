"""The API for tills: a shop's own software asks for an amount, takes a customer's code, looks and gives back."""

import time
from datetime import datetime
from datetime import time as clock
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.models import Till
from merchants.till_authentication import TillAPIView
from payments.api import KEY, NewRefundSerializer, RefundSerializer, member, problems, text
from payments.charges import (
    ChargeRequest,
    ChargeState,
    address_of,
    cancel_charge,
    find_charge_of,
    find_till_of,
    make_charge,
    payload_of,
    state_of,
    wait_for_charge,
)
from payments.code_payments import CodeRequest, find_taken, take_code, wait_for_answer
from payments.errors import PaymentUnknown
from payments.models import Charge, PayCode, Payment
from payments.pay_codes import CodeState
from payments.pay_codes import state_of as state_of_code
from payments.refunds import RefundRequest, refund_payment
from payments.waiting import wait_for_outcome

WAIT_MAX = 25
WAIT = OpenApiParameter("wait", int, description=f"Seconds to wait for a change before answering, at most {WAIT_MAX}.")
NEWEST = 200


class TillPaymentSerializer(serializers.ModelSerializer[Payment]):
    """A payment as a shop may know it: never who paid, or with which vouchers."""

    till = serializers.CharField(source="till.code")

    class Meta:
        model = Payment
        fields = ("id", "number", "status", "amount", "refunded", "till", "authorised_at", "decided_at")


class NewChargeSerializer(serializers.Serializer[Any]):
    till = serializers.CharField(help_text="The code of one of your tills.")
    amount = serializers.IntegerField(help_text="Whole yen.")
    lives = serializers.IntegerField(required=False, help_text="Seconds in which it can be paid, 30 to 3600; 300.")


class ChargeSerializer(serializers.Serializer[Charge]):
    id = serializers.UUIDField()
    till = serializers.CharField(source="till.code")
    amount = serializers.IntegerField()
    state = serializers.SerializerMethodField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    address = serializers.SerializerMethodField(help_text="Show this as the QR: a telephone's camera opens it.")
    payload = serializers.SerializerMethodField(help_text="The same in EMVCo's form, for apps that read it.")
    payment = TillPaymentSerializer(allow_null=True)

    def get_state(self, charge: Charge) -> ChargeState:
        return state_of(charge)

    def get_address(self, charge: Charge) -> str:
        return address_of(charge)

    def get_payload(self, charge: Charge) -> str:
        return payload_of(charge)


class NewCodePaymentSerializer(serializers.Serializer[Any]):
    till = serializers.CharField(help_text="The code of one of your tills.")
    amount = serializers.IntegerField(help_text="Whole yen.")
    code = serializers.CharField(help_text="What was scanned, or the ten digits.")


class CodePaymentSerializer(serializers.Serializer[PayCode]):
    """`asked`: the customer is deciding until `answer_until`; ask again. `used`: see the payment."""

    id = serializers.UUIDField()
    till = serializers.CharField(source="till.code")
    amount = serializers.IntegerField()
    state = serializers.SerializerMethodField()
    answer_until = serializers.DateTimeField(allow_null=True)
    payment = TillPaymentSerializer(allow_null=True)

    def get_state(self, code: PayCode) -> CodeState:
        return state_of_code(code)


class ChargeListView(TillAPIView):
    @extend_schema(
        request=NewChargeSerializer,
        parameters=[KEY],
        responses={201: ChargeSerializer, **problems(400, 401, 404, 422)},
        operation_id="charge_make",
    )
    def post(self, request: Request, region: str) -> Response:
        """Ask for an amount at one of your tills; show the answer's address as a QR."""
        charge = make_charge(
            ChargeRequest(
                made_with=self.key,
                region=self.region,
                till=text(request, "till"),
                amount=member(request, "amount"),
                key=request.headers.get("Idempotency-Key", ""),
                lives=member(request, "lives"),
            )
        )
        return Response(ChargeSerializer(charge).data, status=201)


class ChargeView(TillAPIView):
    @extend_schema(
        parameters=[WAIT], responses={200: ChargeSerializer, **problems(401, 404)}, operation_id="charge_look"
    )
    def get(self, request: Request, region: str, charge: UUID) -> Response:
        """What has become of the charge. With `wait` the answer comes as soon as it is paid, or over."""
        until = time.monotonic() + _seconds(request)
        found = find_charge_of(self.key, charge)
        return Response(ChargeSerializer(wait_for_charge(found, until=until)).data)


class ChargeCancelView(TillAPIView):
    @extend_schema(
        request=None, responses={200: ChargeSerializer, **problems(401, 404, 409)}, operation_id="charge_cancel"
    )
    def post(self, request: Request, region: str, charge: UUID) -> Response:
        """Take the charge back; if it was paid, the whole of it is given back. The same again changes nothing."""
        until = time.monotonic() + settings.PAYMENT_BUDGET
        found = find_charge_of(self.key, charge)
        if refund := cancel_charge(found):
            wait_for_outcome(refund, until=until)
        return Response(ChargeSerializer(find_charge_of(self.key, charge)).data)


class CodePaymentListView(TillAPIView):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.until = time.monotonic() + settings.PAYMENT_BUDGET

    @extend_schema(
        request=NewCodePaymentSerializer,
        responses={
            201: CodePaymentSerializer,
            202: OpenApiResponse(
                CodePaymentSerializer, description="The customer is asked, or the payment is checked."
            ),
            **problems(401, 402, 404, 409, 410, 422, 429, 503),
        },
        operation_id="code_take",
    )
    def post(self, request: Request, region: str) -> Response:
        """Pay with the code that the customer shows. The code itself makes it unrepeatable: send the same again."""
        till = find_till_of(self.key, text(request, "till"))
        asked = CodeRequest(till=till, text=text(request, "code"), amount=member(request, "amount"))
        code = take_code(asked, until=self.until)
        return Response(CodePaymentSerializer(code).data, status=202 if _is_open(code) else 201)


class CodePaymentView(TillAPIView):
    @extend_schema(
        parameters=[WAIT], responses={200: CodePaymentSerializer, **problems(401, 404)}, operation_id="code_look"
    )
    def get(self, request: Request, region: str, code: UUID) -> Response:
        """What the customer said, and what became of the payment."""
        until = time.monotonic() + _seconds(request)
        found = find_taken(code, tills=Till.objects.filter(store__merchant=self.key.merchant_id))
        return Response(CodePaymentSerializer(wait_for_answer(found, until=until)).data)


class TillPaymentListView(TillAPIView):
    @extend_schema(
        parameters=[OpenApiParameter("till", str, description="Only of the till of this code.")],
        responses={200: TillPaymentSerializer(many=True), **problems(401, 404)},
        operation_id="till_payments",
    )
    def get(self, request: Request, region: str) -> Response:
        """Today's payments at your tills, newest first, 200 at most."""
        with timezone.override(self.region.tz):
            midnight = datetime.combine(timezone.localdate(), clock.min, tzinfo=self.region.tz)
        payments = _payments_of(self).filter(authorised_at__gte=midnight)
        if code := request.query_params.get("till"):
            payments = payments.filter(till=find_till_of(self.key, code))
        return Response(TillPaymentSerializer(payments.with_places().newest_first()[:NEWEST], many=True).data)


class TillRefundView(TillAPIView):
    @extend_schema(
        request=NewRefundSerializer,
        parameters=[KEY],
        responses={201: RefundSerializer, **problems(400, 401, 404, 409, 422)},
        operation_id="till_refund",
    )
    def post(self, request: Request, region: str, payment: UUID) -> Response:
        """Give back part or all of a completed payment at one of your tills."""
        until = time.monotonic() + settings.PAYMENT_BUDGET
        found = _payments_of(self).filter(pk=payment).first()
        if found is None:
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


def _payments_of(view: TillAPIView) -> Any:
    return Payment.objects.filter(store__merchant=view.key.merchant_id)


def _is_open(code: PayCode) -> bool:
    return state_of_code(code) is CodeState.ASKED or bool(code.payment and code.payment.is_in_doubt)


def _seconds(request: Request) -> float:
    """How long the caller is ready to wait; what is no number is not at all."""
    asked = request.query_params.get("wait", "")
    return min(int(asked), WAIT_MAX) if asked.isascii() and asked.isdigit() else 0
