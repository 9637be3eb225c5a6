"""Two regions: A, whose people knock at every door, and B, with a mark on everything that is private."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Model
from django.utils import timezone

from maintenance.models import Cause, EventKind, Incident, IncidentEvent, IncidentState, Scope, Window
from maintenance.windows import close_window, open_window
from merchants.models import Merchant, MerchantMember, Notice
from payments.authorisation import PaymentRequest, authorise
from payments.models import Allocation, Difference, DifferenceKind, Payment, Refund, StoreEntry
from payments.refund_verification import verify_refunds
from payments.refunds import RefundRequest, refund_payment
from payments.verification import verify_due
from regions.inbox import Words, register_words
from regions.models import Approval, Membership, Message, User
from tests.factories import Town, UnitFactory, UserFactory
from tests.isolation.businesses import have_joined
from tests.isolation.settled import settle_town, settlement_rows
from tests.isolation.tilled import equip_tills
from vouchers.desk import take_cash
from vouchers.issuance import Grant, issue_grants
from vouchers.models import (
    Application,
    Attempt,
    CashEntry,
    Draw,
    Entitlement,
    Frame,
    FundingShare,
    GrantEvent,
    GrantList,
    GrantTerms,
    LedgerEntry,
    Order,
    ProviderEvent,
    Unit,
    Voucher,
)
from vouchers.orders import open_order
from vouchers.registration import register_due

register_words("walk", lambda params: Words(params["text"], params["text"]))


class Kind(StrEnum):
    """What a mark was put on. The first four are public in some places; see `tables.PUBLIC`."""

    REGION = "region"
    WINDOW = "window"
    PROGRAMME = "programme"
    STORE = "store"
    PERSON = "person"
    MERCHANT = "merchant"
    VOUCHER = "voucher"
    PAYMENT = "payment"
    REFUND = "refund"
    DIFFERENCE = "difference"
    INCIDENT = "incident"
    APPROVAL = "approval"
    MESSAGE = "message"
    GRANT = "grant"
    APPLICATION = "application"
    NOTICE = "notice"
    ORDER = "order"
    PAYER = "payer"


@dataclass
class World:
    """A region with one of everything in it, each text marked with `sign`."""

    sign: str
    town: Town = field(init=False)
    payment: Payment = field(init=False)
    refund: Refund = field(init=False)
    difference: Difference = field(init=False)
    window: Window = field(init=False)
    incident: Incident = field(init=False)
    approval: Approval = field(init=False)
    application: Application = field(init=False)
    draw: Draw = field(init=False)
    notice: Notice = field(init=False)
    order: Order = field(init=False)
    joined: list[Model] = field(init=False)
    grant_list: GrantList = field(init=False)
    entitlement: Entitlement = field(init=False)
    secretary: User = field(init=False)
    shop: User = field(init=False)

    def __post_init__(self) -> None:
        self.town = Town(
            slug=f"town-{self.sign.lower()}",
            name=self.mark(Kind.REGION),
            name_en=self.mark(Kind.REGION),
            contact_name=self.mark(Kind.REGION),
            contact_phone=self.mark(Kind.REGION)[:20],
        )
        self._name_places()
        self._name_people()
        self._pay_and_refund()
        settle_town(self.town, by=self.secretary, mark=self.mark(Kind.PAYER))
        equip_tills(self.town, self.mark(Kind.MERCHANT), by=self.shop)
        self.difference = Difference.objects.create(
            region=self.town.region,
            cluster=self.town.region.notary,
            kind=DifferenceKind.AMOUNT,
            source=self.payment.pk,
            parked=self.mark(Kind.DIFFERENCE),
        )
        self.window = open_window(
            region=self.town.region, scope=Scope.SALES, by=self.secretary, message=self.mark(Kind.WINDOW)
        )
        close_window(self.window, by=self.secretary)
        self.incident = self._have_incident()
        self._ask_and_tell()
        self._have_grants()
        self._apply_and_seal()
        self.joined = have_joined(self, self.mark(Kind.MERCHANT))
        self.order = have_ordered(self.town, by=self.secretary)

    def mark(self, kind: Kind) -> str:
        return f"ZQ{self.sign}-{kind}-ZQ"

    def marks(self) -> dict[str, Kind]:
        """Each text by which something of this world is recognised."""
        return {
            **{self.mark(kind): kind for kind in Kind},
            self.payment.number: Kind.PAYMENT,
            self.order.number: Kind.ORDER,
            f".{self.sign.lower()}@example.jp": Kind.PERSON,
        }

    def _have_grants(self) -> None:
        """A list of grants, and an entitlement on it that can be claimed."""
        town, mark = self.town, self.mark(Kind.GRANT)
        self.grant_list = GrantList.objects.create(
            region=town.region,
            file_name=mark,
            sha256="0" * 64,
            handover="claim",
            state="done",
            rows_count=1,
            amount=5_000,
            left_out=[[3, mark, mark]],
            warnings=[mark],
            uploaded_by=self.secretary,
        )
        self.entitlement = Entitlement.objects.create(
            region=town.region,
            programme=town.programme,
            ticket_type=town.common,
            resident=town.resident,
            amount=5_000,
            expires_at=timezone.now() + timedelta(days=30),
            reason=mark,
            state="offered",
            grant_list=self.grant_list,
            line=2,
            key=mark,
        )
        GrantEvent.objects.create(
            region=town.region, entitlement=self.entitlement, kind="moved", by=self.secretary, note=mark
        )
        GrantTerms.objects.create(
            region=town.region,
            ticket_type=town.common,
            rule={"amount": {"kind": "fixed", "yen": 3000}, "expiry": {"kind": "programme"}},
        )

    def _apply_and_seal(self) -> None:
        """An application on a sealed list: what anybody may read of it, and what nobody else may."""
        town, now = self.town, timezone.now()
        town.programme.allotment = "lottery"
        town.programme.save()
        self.application = Application.objects.create(
            region=town.region,
            programme=town.programme,
            resident=town.resident,
            units=1,
            price=1,
            question=self.mark(Kind.APPLICATION),
        )
        self.draw = Draw.objects.create(
            region=town.region,
            programme=town.programme,
            seed_source=self.mark(Kind.PROGRAMME),
            seed_from_at=now + timedelta(days=1),
        )
        self.draw.status, self.draw.sealed_at, self.draw.list_sha256 = "sealed", now, "0" * 64
        self.draw.save()

    def rows(self) -> list[Model]:
        """One row of every model that the admin sites know."""
        town = self.town
        return [
            *(town.region, town.region.notary, town.programme, town.common, town.store, town.till),
            *(town.resident, town.wallet, town.user, self.secretary, self.shop),
            *(self.payment, self.refund, self.window, self.difference, self.incident, town.store.merchant),
            *(self.approval, self.notice, *settlement_rows(town), *self.joined),
            *(self.order, Attempt.objects.filter(order=self.order).first()),
            CashEntry.objects.filter(order=self.order).first(),
            *(self.application, self.draw),
            Frame.objects.filter(region=town.region).first(),
            Unit.objects.filter(region=town.region).first(),
            self.grant_list,
            self.entitlement,
            Voucher.objects.filter(region=town.region).first(),
            LedgerEntry.objects.filter(region=town.region).first(),
            StoreEntry.objects.filter(region=town.region).first(),
            Allocation.objects.filter(payment=self.payment).first(),
            MerchantMember.objects.filter(merchant__region=town.region).first(),
            Membership.objects.filter(region=town.region).first(),
        ]  # type: ignore[list-item]

    def _ask_and_tell(self) -> None:
        region = self.town.region
        self.approval = Approval.objects.create(
            region=region,
            kind="walk",
            subject=self.payment.pk,
            summary=self.mark(Kind.APPROVAL),
            details={self.mark(Kind.APPROVAL): self.mark(Kind.APPROVAL)},
            requested_by=self.secretary,
        )
        self.notice = Notice.objects.create(
            region=region,
            merchant=self.town.store.merchant,
            title=self.mark(Kind.NOTICE),
            body=self.mark(Kind.NOTICE),
            created_by=self.secretary,
        )
        Message.objects.create(
            region=region,
            resident=self.town.resident,
            kind="walk",
            key="walk",
            params={"text": self.mark(Kind.MESSAGE)},
        )

    def _have_incident(self) -> Incident:
        """One that is over, so that no page closed to it shows it."""
        now = timezone.now()
        incident = Incident.objects.create(
            cause=Cause.UNKNOWN,
            state=IncidentState.RESOLVED,
            opened_at=now,
            closed_at=now,
            evidence=self.mark(Kind.INCIDENT),
        )
        incident.regions.add(self.town.region)
        IncidentEvent.objects.create(
            incident=incident, at=now, kind=EventKind.TOLD, facts={"region": self.mark(Kind.INCIDENT)}
        )
        return incident

    def _name_places(self) -> None:
        town = self.town
        Merchant.objects.filter(region=town.region).update(
            name=self.mark(Kind.MERCHANT), contact_email=f"{self.mark(Kind.MERCHANT)}@example.jp"
        )
        town.store.name = town.store.address = town.store.kana = self.mark(Kind.STORE)
        town.store.save()
        town.till.name = self.mark(Kind.STORE)
        town.till.save()
        town.programme.name = town.programme.description = self.mark(Kind.PROGRAMME)
        town.programme.save()
        town.common.name = self.mark(Kind.PROGRAMME)
        town.common.save()
        FundingShare.objects.create(region=town.region, ticket_type=town.common, source="state", share=1)
        frame = Frame.objects.create(
            region=town.region, programme=town.programme, slug="seniors", name=self.mark(Kind.PROGRAMME)
        )
        UnitFactory(programme=town.programme, frame=frame, name=self.mark(Kind.PROGRAMME))
        town.store.merchant.refresh_from_db()

    def _name_people(self) -> None:
        town, sign = self.town, self.sign.lower()
        town.resident.name = town.resident.kana = town.resident.address = self.mark(Kind.PERSON)
        town.resident.resident_no = self.mark(Kind.PERSON)
        town.resident.save()
        self.secretary, self.shop = town.secretary(), town.shop_person()
        for name, user in (("resident", town.user), ("secretary", self.secretary), ("shop", self.shop)):
            user.name, user.email = self.mark(Kind.PERSON), f"{name}.{sign}@example.jp"
            user.save()

    def _pay_and_refund(self) -> None:
        issue_marked(self.town, self.mark(Kind.VOUCHER))
        self.payment = pay(self.town, amount=1_000, key="first")
        refund_payment(
            RefundRequest(
                payment_id=self.payment.pk, amount=100, reason=self.mark(Kind.REFUND), by=self.shop, key="refund"
            )
        )
        verify_refunds(self.town.region.notary)
        self.refund = Refund.objects.get(payment=self.payment)


def issue_marked(town: Town, reason: str) -> None:
    grant = Grant(
        resident_id=town.resident.pk,
        ticket_type=town.common,
        amount=5_000,
        expires_at=timezone.now() + timedelta(days=30),
        reason=reason,
        key=reason,
    )
    issue_grants(region=town.region, grants=[grant])
    register_due(town.region.notary)


def pay(town: Town, *, amount: int, key: str) -> Payment:
    payment = authorise(
        PaymentRequest(region=town.region, wallet_id=town.wallet.pk, till=town.till.code, amount=amount, key=key)
    )
    verify_due(town.region.notary)
    payment.refresh_from_db()
    assert payment.status == "completed"
    return payment


def people(a: World) -> dict[str, Any]:
    """Who knocks: nobody, everyone of region A, and an operator of the platform."""
    return {
        "anonymous": None,
        "resident": a.town.user,
        "shop": a.shop,
        "secretary": a.secretary,
        "operator": UserFactory(is_operator=True, email="operator@example.jp"),
    }


def have_ordered(town: Town, *, by: User) -> Order:
    """An order that was tried at a provider and paid at the desk."""
    unit = Unit.objects.filter(region=town.region).first()
    assert unit is not None
    soon = timezone.now() + timedelta(days=3)
    order = open_order(resident=town.resident, programme=unit.programme, lines={unit.pk: 1}, pay_by_at=soon, key="walk")
    attempt = Attempt.objects.create(
        region=town.region, order=order, method="card", amount=order.amount, standing="ended", expires_at=soon
    )
    ProviderEvent.objects.create(event_id=f"evt_{order.pk}", kind="checkout.session.expired", attempt=attempt)
    take_cash(order, amount=order.amount, by=by)
    return order
