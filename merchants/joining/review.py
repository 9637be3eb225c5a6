"""The secretariat's word on an application: asked back, refused, or approved with everything that follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from merchants.errors import ApplicationDecided, BusinessElsewhere, BusinessNameTaken, ReasonMissing, WorksThereAlready
from merchants.invitations import invite
from merchants.joining.applications import move, write_step
from merchants.joining.trades import trade_label
from merchants.models import (
    OPEN_STATES,
    ApplicationState,
    ApplicationStore,
    JoinApplication,
    MemberRole,
    Merchant,
    SizeClass,
    StepKind,
    Store,
    Till,
)
from merchants.sizing import decide_by_person, decide_by_rule
from regions.models import User
from vouchers.models import Programme, TicketType

BUSINESS = (
    *("kana", "representative", "postcode", "address", "head_office", "capital"),
    *("invoice_number", "contact_name", "contact_email", "contact_phone"),
)
SHOP = ("name", "kana", "postcode", "address", "phone", "floor_area", "in_large_store", "building")


@dataclass(frozen=True, slots=True)
class OtherSize:
    """A size that a person gives a shop whatever the rule says, and why."""

    size: SizeClass
    reason: str


@transaction.atomic
def ask_back(application: JoinApplication, *, by: User, text: str, now: datetime | None = None) -> None:
    """Ask the business for what is missing or wrong; raise ReasonMissing or ApplicationDecided."""
    _needs(text)
    move(application, [ApplicationState.SUBMITTED], ApplicationState.ASKED_BACK)
    write_step(application, StepKind.ASKED_BACK, at=now or timezone.now(), by=by, text=text)


@transaction.atomic
def refuse(application: JoinApplication, *, by: User, reason: str, now: datetime | None = None) -> None:
    """Refuse it once and for all, with a reason that the business reads; raise ReasonMissing or ApplicationDecided."""
    _needs(reason)
    move(application, OPEN_STATES, ApplicationState.REFUSED)
    write_step(application, StepKind.REFUSED, at=now or timezone.now(), by=by, text=reason)


@transaction.atomic
def approve(
    application: JoinApplication,
    *,
    by: User,
    text: str = "",
    merchant: Merchant | None = None,
    sizes: Mapping[UUID, OtherSize] | None = None,
    now: datetime | None = None,
) -> Merchant:
    """Make the business, its stores and tills, decide their sizes, and invite the contact as an owner, in one piece.

    `merchant` is one that takes part already and gets the shops; `sizes`, by the ids of the application's
    shops, are set by the person instead of the rule. Locks the application. Raise ApplicationDecided,
    BusinessElsewhere, BusinessNameTaken or ReasonMissing, with nothing made.
    """
    at = now or timezone.now()
    JoinApplication.objects.select_for_update().get(pk=application.pk)
    application.refresh_from_db()
    if not application.is_open:
        raise ApplicationDecided
    business = merchant or _new_merchant(application)
    if business.region_id != application.region_id:
        raise BusinessElsewhere
    move(application, OPEN_STATES, ApplicationState.APPROVED, merchant=business)
    wanted = list(application.ticket_types.select_related("programme"))
    for shop in application.stores.all():
        _open_store(application, business, shop, wanted, (sizes or {}).get(shop.pk), by, at)
    write_step(application, StepKind.APPROVED, at=at, by=by, text=text)
    _invite_contact(application, business, by, at)
    return business


def _new_merchant(application: JoinApplication) -> Merchant:
    facts = {name: getattr(application, name) for name in BUSINESS}
    merchant, is_new = Merchant.objects.get_or_create(
        region_id=application.region_id, name=application.name, defaults=facts
    )
    if not is_new:
        raise BusinessNameTaken
    return merchant


def _open_store(
    application: JoinApplication,
    merchant: Merchant,
    shop: ApplicationStore,
    wanted: list[TicketType],
    other: OtherSize | None,
    by: User,
    at: datetime,
) -> None:
    store = Store.objects.create(
        region_id=application.region_id,
        merchant=merchant,
        store_no=f"{application.number}-{shop.position}",
        category=trade_label(shop.category),
        takes_app=application.takes_app,
        takes_card=application.takes_card,
        takes_paper=application.takes_paper,
        **{name: getattr(shop, name) for name in SHOP},
    )
    for programme in _programmes(wanted):
        own = [kind for kind in wanted if kind.programme_id == programme.pk]
        if other:
            decide_by_person(store, programme, other.size, by=by, reason=other.reason, wanted=own, now=at)
        else:
            decide_by_rule(store, programme, own, now=at)
    Till.objects.bulk_create(
        Till(region_id=store.region_id, store=store, name=f"レジ{number}") for number in range(1, shop.tills_count + 1)
    )
    ApplicationStore.objects.filter(pk=shop.pk).update(store=store)


def _programmes(ticket_types: list[TicketType]) -> list[Programme]:
    return list({kind.programme_id: kind.programme for kind in ticket_types}.values())


def _invite_contact(application: JoinApplication, merchant: Merchant, by: User, at: datetime) -> None:
    try:
        invite(merchant=merchant, email=application.contact_email, role=MemberRole.OWNER, by=by, now=at)
    except WorksThereAlready:
        # The business has joined before, and this person can see the new shops at once.
        return


def _needs(text: str) -> None:
    if not text.strip():
        raise ReasonMissing
