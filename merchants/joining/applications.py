"""A business applies, corrects what it was asked back for, and withdraws."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from merchants.errors import ApplicationDecided, ApplicationsClosed
from merchants.joining.rules import joining_rules
from merchants.models import (
    OPEN_STATES,
    ApplicationState,
    ApplicationStep,
    ApplicationStore,
    JoinApplication,
    StepKind,
)
from regions.models import Region, User
from vouchers.models import TicketType


@dataclass(frozen=True, slots=True)
class Business:
    """A business as the form has checked it; `capital` in yen, none for a person."""

    name: str
    kana: str
    representative: str
    postcode: str
    address: str
    head_office: str
    capital: int | None
    invoice_number: str
    contact_name: str
    contact_email: str
    contact_phone: str
    takes_app: bool
    takes_card: bool
    takes_paper: bool


@dataclass(frozen=True, slots=True)
class Shop:
    """One of its shops; `category` is one of the trades, `floor_area` in square metres."""

    name: str
    kana: str
    category: str
    postcode: str
    address: str
    phone: str
    floor_area: int
    in_large_store: bool
    building: str
    tills_count: int


def apply_to_join(
    *,
    region: Region,
    key: UUID,
    business: Business,
    shops: Sequence[Shop],
    ticket_types: Sequence[TicketType],
    language: str = "ja",
    now: datetime | None = None,
) -> JoinApplication:
    """Keep the application, with its pledge, and tell the business its number. Idempotent on (region, key).

    Raise ApplicationsClosed.
    """
    if (earlier := find_sent(region=region, key=key)) is not None:
        return earlier
    if not joining_rules(region).is_open:
        raise ApplicationsClosed
    at = now or timezone.now()
    try:
        with transaction.atomic():
            application = JoinApplication.objects.create(
                region=region, key=key, pledged_at=at, submitted_at=at, language=language, **asdict(business)
            )
            _write_shops(application, shops, ticket_types)
            write_step(application, StepKind.SUBMITTED, at=at)
    except IntegrityError:
        # The same page was sent twice at once: the other one is as good.
        application = JoinApplication.objects.get(region=region, key=key)
    return application


def find_sent(*, region: Region, key: UUID) -> JoinApplication | None:
    """What this very page has sent already."""
    found: JoinApplication | None = JoinApplication.objects.in_region(region).filter(key=key).first()
    return found


@transaction.atomic
def correct_application(
    application: JoinApplication,
    *,
    business: Business,
    shops: Sequence[Shop],
    ticket_types: Sequence[TicketType],
    now: datetime | None = None,
) -> None:
    """Replace what was asked back, and put it into the queue again; raise ApplicationDecided in any other state."""
    at = now or timezone.now()
    move(application, [ApplicationState.ASKED_BACK], ApplicationState.SUBMITTED, pledged_at=at, **asdict(business))
    application.stores.all().delete()
    _write_shops(application, shops, ticket_types)
    write_step(application, StepKind.CORRECTED, at=at)


@transaction.atomic
def withdraw_application(application: JoinApplication, *, now: datetime | None = None) -> None:
    """End it at the business's own wish; raise ApplicationDecided if it is over already."""
    move(application, OPEN_STATES, ApplicationState.WITHDRAWN)
    write_step(application, StepKind.WITHDRAWN, at=now or timezone.now())


def move(
    application: JoinApplication, before: Sequence[ApplicationState], after: ApplicationState, **facts: object
) -> None:
    """Change the state if it is one of `before`; of two at once the first does. Raise ApplicationDecided."""
    rows = JoinApplication.objects.filter(pk=application.pk, state__in=before)
    if not rows.update(state=after, **facts):
        raise ApplicationDecided
    application.refresh_from_db()


def write_step(
    application: JoinApplication, kind: StepKind, *, at: datetime, by: User | None = None, text: str = ""
) -> ApplicationStep:
    """Keep the step for ever, and queue the e-mail about it."""
    return ApplicationStep.objects.create(
        application=application, kind=kind, at=at, by=by, text=text.strip(), mail_after=at
    )


def _write_shops(application: JoinApplication, shops: Sequence[Shop], ticket_types: Sequence[TicketType]) -> None:
    ApplicationStore.objects.bulk_create(
        ApplicationStore(application=application, position=position, **asdict(shop))
        for position, shop in enumerate(shops, start=1)
    )
    application.ticket_types.set(ticket_types)
