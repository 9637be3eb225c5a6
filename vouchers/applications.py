"""Applications: handed in, changed, withdrawn, found invalid; in the app, at the counter and by post alike."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from regions.models import Resident, User
from vouchers.application_messages import tell_invalid, tell_received
from vouchers.application_terms import limits_of, offers_to, person_of, refuse_whom_it_is_not_for
from vouchers.eligibility import check_units, price_of
from vouchers.errors import (
    AlreadyApplied,
    ApplicationsClosed,
    ApplicationSettled,
    HouseholdLimitExceeded,
    OtherRegion,
    ReasonMissing,
)
from vouchers.models import Allotment, Programme, ProgrammeStatus
from vouchers.models.application import Application, ApplicationLine, ApplicationStatus, Channel, HouseholdTally
from vouchers.models.draw import Draw, DrawStatus

Asked = Mapping[str, object]


@transaction.atomic
def submit(
    *,
    programme: Programme,
    resident: Resident,
    units: Asked,
    channel: Channel = Channel.APP,
    by: User | None = None,
    question: str = "",
    now: datetime | None = None,
) -> Application:
    """Hand in what a resident of the programme's region asks for: numbers of units by the units' slugs.

    Handing in the same again gives the application that is there. `by` enters it for the person, and `question`
    says what the office has to ask the person about it. Raise ApplicationsClosed, NotEligible, the errors of
    `check_units`, AlreadyApplied or HouseholdLimitExceeded, with nothing written.
    """
    at = now or timezone.now()
    open_programme = _open(programme.pk, at)
    wanted, price = _check(open_programme, resident, units, at)
    application = Application(
        region_id=programme.region_id,
        programme=open_programme,
        resident=resident,
        channel=channel,
        household_no=resident.household_no,
        units=sum(wanted.values()),
        price=price,
        question=question.strip(),
        entered_by=by,
        submitted_at=at,
    )
    try:
        with transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError as problem:
        return _same_or_refuse(open_programme, resident, wanted, problem)
    _write_lines(application, wanted)
    _count_for_household(application, application.units)
    tell_received(application)
    return application


@transaction.atomic
def change(application_id: UUID, *, units: Asked, by: User | None = None, now: datetime | None = None) -> Application:
    """Replace what the application asks for; nothing else of it changes.

    Raise what `submit` raises, or ApplicationSettled, with everything as it was.
    """
    at = now or timezone.now()
    application = _lock(application_id, at)
    wanted, price = _check(application.programme, application.resident, units, at)
    more = sum(wanted.values()) - application.units
    application.units, application.price, application.changed_at = sum(wanted.values()), price, at
    application.entered_by = by or application.entered_by
    application.save(update_fields=["units", "price", "changed_at", "entered_by"])
    application.lines.all().delete()
    _write_lines(application, wanted)
    _count_for_household(application, more)
    return application


@transaction.atomic
def withdraw(application_id: UUID, *, now: datetime | None = None) -> Application:
    """Take the application back while applications are taken; the person may then apply anew.

    Doing it twice is doing it once. Raise ApplicationsClosed or ApplicationSettled.
    """
    return _give_up(application_id, ApplicationStatus.WITHDRAWN, now or timezone.now())


@transaction.atomic
def mark_invalid(application_id: UUID, *, reason: str, by: User, now: datetime | None = None) -> Application:
    """The office finds that an application does not count, until its list is sealed. Raise ReasonMissing too."""
    if not reason.strip():
        raise ReasonMissing
    return _give_up(application_id, ApplicationStatus.INVALID, now or timezone.now(), reason=reason.strip(), by=by)


@transaction.atomic
def ask_about(application_id: UUID, *, question: str, now: datetime | None = None) -> Application:
    """Note what the office does not understand, or with an empty text that it is settled; until the sealing."""
    application = _lock(application_id, now or timezone.now(), by_office=True)
    application.question = question.strip()
    application.save(update_fields=["question"])
    return application


def is_open(programme: Programme, *, at: datetime) -> bool:
    """Whether the programme takes applications at a moment; the first one of the period counts, the last does not."""
    return (
        programme.status == ProgrammeStatus.PUBLISHED
        and programme.allotment == Allotment.LOTTERY
        and (programme.apply_from_at is None or programme.apply_from_at <= at)
        and (programme.apply_until_at is None or at < programme.apply_until_at)
    )


def _open(programme_id: UUID, at: datetime) -> Programme:
    programme = _share(programme_id)
    if not is_open(programme, at=at) or _is_sealed(programme_id):
        raise ApplicationsClosed
    return programme


def _share(programme_id: UUID) -> Programme:
    # Sealing takes this row for itself: it waits for whoever is handing in, and whoever comes later finds the seal.
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM vouchers_programme WHERE id = %s FOR SHARE", [programme_id])
    programme: Programme = Programme.objects.select_related("region").get(pk=programme_id)
    return programme


def _is_sealed(programme_id: UUID) -> bool:
    done = (DrawStatus.PROPOSED, DrawStatus.REFUSED)
    return Draw.objects.filter(programme_id=programme_id).exclude(status__in=done).exists()


def _check(programme: Programme, resident: Resident, units: Asked, at: datetime) -> tuple[dict[str, int], int]:
    """What is asked for, and its price."""
    if resident.region_id != programme.region_id:
        raise OtherRegion
    on, person = timezone.localdate(at, programme.region.tz), person_of(resident)
    refuse_whom_it_is_not_for(programme, person, on=on)
    offers = offers_to(programme, person, on=on)
    wanted = check_units(units, offers, limits_of(programme))
    return wanted, price_of(wanted, offers)


def _same_or_refuse(
    programme: Programme, resident: Resident, wanted: Mapping[str, int], problem: IntegrityError
) -> Application:
    there: Application | None = Application.objects.live().filter(programme=programme, resident=resident).first()
    if there is None:
        raise problem
    asked = dict(there.lines.values_list("unit__slug", "units_asked"))
    if asked != dict(wanted):
        raise AlreadyApplied(there.number) from problem
    return there


def _lock(application_id: UUID, at: datetime, *, by_office: bool = False) -> Application:
    found: Application = Application.objects.select_related("resident").get(pk=application_id)
    # The programme's row first, as handing in and sealing do.
    programme = _share(found.programme_id)
    if _is_sealed(programme.pk) or (not by_office and not is_open(programme, at=at)):
        raise ApplicationsClosed
    application: Application = (
        Application.objects.select_for_update(of=("self",)).select_related("resident").get(pk=application_id)
    )
    application.programme = programme
    if not application.is_open:
        raise ApplicationSettled
    return application


def _give_up(
    application_id: UUID, to: ApplicationStatus, at: datetime, *, reason: str = "", by: User | None = None
) -> Application:
    there: Application = Application.objects.get(pk=application_id)
    if there.status == to:
        return there
    application = _lock(application_id, at, by_office=to == ApplicationStatus.INVALID)
    application.status, application.reason, application.changed_at = to, reason, at
    application.entered_by = by or application.entered_by
    application.save(update_fields=["status", "reason", "changed_at", "entered_by"])
    _count_for_household(application, -application.units)
    if to == ApplicationStatus.INVALID:
        tell_invalid(application)
    return application


def _write_lines(application: Application, wanted: Mapping[str, int]) -> None:
    units = {unit.slug: unit for unit in application.programme.units.all()}
    ApplicationLine.objects.bulk_create(
        ApplicationLine(region_id=application.region_id, application=application, unit=units[slug], units_asked=count)
        for slug, count in wanted.items()
    )


def _count_for_household(application: Application, more: int) -> None:
    """Add to, or take from, what the household asks for; who lives in no known household has no such limit."""
    if not application.household_no or not more:
        return
    programme = application.programme
    tally, _made = HouseholdTally.objects.get_or_create(
        programme=programme, household_no=application.household_no, defaults={"region_id": programme.region_id}
    )
    limit = programme.limit_units_per_household
    try:
        with transaction.atomic():
            # The constraint on the row decides between members who apply at the same moment.
            HouseholdTally.objects.filter(pk=tally.pk).update(
                units=F("units") + more, units_limit=limit if more > 0 else F("units_limit")
            )
    except IntegrityError as problem:
        tally.refresh_from_db()
        raise HouseholdLimitExceeded(limit=limit or 0, left=max((limit or 0) - tally.units, 0)) from problem
