"""The steps of a draw that people take: seal the list, fix the seed; each asked for by one and agreed to by another."""

import secrets
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions import approvals
from regions.models import Approval, User
from regions.patience import be_patient
from vouchers.errors import DrawNotPossible
from vouchers.lottery.sealed import Line, SealedList, sha256, write_list
from vouchers.models import Allotment, Programme
from vouchers.models.application import Application, ApplicationLine, ApplicationStatus
from vouchers.models.draw import Draw, DrawFile, DrawFileKind, DrawStatus
from vouchers.wake_draws import wake_draws

SEAL, RUN = "draw-seal", "draw-run"
SCRIPT = Path(settings.BASE_DIR) / "docs" / "lottery" / "redraw.py"


class Hindrance(StrEnum):
    """Why a step cannot be taken."""

    NO_LOTTERY = "no_lottery"
    STILL_OPEN = "still_open"
    UNCLEAR = "unclear"
    NOTHING_TO_DRAW = "nothing_to_draw"
    SEED_TOO_EARLY = "seed_too_early"
    SEALED_BEFORE = "sealed_before"
    NOT_SEALED = "not_sealed"
    NO_SEED = "no_seed"
    SEED_NOT_DUE = "seed_not_due"


def propose_sealing(
    programme: Programme, *, seed_source: str, seed_from_at: datetime, by: User, now: datetime | None = None
) -> Draw:
    """Ask for the list to be sealed, naming the public number that will be the seed and when it can be known.

    Raise DrawNotPossible. Another person's agreement seals the list.
    """
    at, source = now or timezone.now(), " ".join(seed_source.split())
    if not source:
        raise DrawNotPossible(Hindrance.NO_SEED)
    _check_sealable(programme, seed_from_at, at)
    try:
        with transaction.atomic():
            draw = Draw.objects.create(
                region_id=programme.region_id, programme=programme, seed_source=source, seed_from_at=seed_from_at
            )
            details = {_("public number that will be the seed"): source, _("known from"): _moment(seed_from_at)}
            _ask(SEAL, draw, _("Seal the list of %(programme)s") % {"programme": programme}, details, by, at)
    except IntegrityError as problem:
        raise DrawNotPossible(Hindrance.SEALED_BEFORE) from problem
    return draw


def propose_seed(draw: Draw, *, seed: str, by: User, now: datetime | None = None) -> Draw:
    """Type the public number and ask for the draw; the other person compares it with its source and agrees.

    Raise DrawNotPossible, or ApprovalOpen while an earlier one waits.
    """
    at, seed = now or timezone.now(), " ".join(seed.split())
    if draw.status != DrawStatus.SEALED:
        raise DrawNotPossible(Hindrance.NOT_SEALED)
    if not seed:
        raise DrawNotPossible(Hindrance.NO_SEED)
    if at < draw.seed_from_at:
        raise DrawNotPossible(Hindrance.SEED_NOT_DUE)
    with transaction.atomic():
        details = {
            _("public number that will be the seed"): draw.seed_source,
            _("seed"): seed,
            _("SHA-256 of the list"): draw.list_sha256,
        }
        summary = _("Draw the lottery of %(programme)s with the seed %(seed)s") % {
            "programme": draw.programme,
            "seed": seed,
        }
        _ask(RUN, draw, summary, details, by, at)
        Draw.objects.filter(pk=draw.pk, status=DrawStatus.SEALED).update(proposed_seed=seed)
    draw.refresh_from_db()
    return draw


@transaction.atomic
def seal(draw_id: UUID, *, now: datetime | None = None) -> Draw:
    """Write the list of all applications that count, for ever, and its hash. Raise DrawNotPossible."""
    be_patient()
    draw: Draw = Draw.objects.select_related("programme__region").get(pk=draw_id)
    # Whoever is handing in holds a share of this row: they are waited for, and are on the list.
    Programme.objects.select_for_update().get(pk=draw.programme_id)
    at = now or timezone.now()
    _check_sealable(draw.programme, draw.seed_from_at, at)
    content = write_list(_list_of(draw))
    _keep(draw, DrawFileKind.LIST, content)
    script = SCRIPT.read_bytes()
    _keep(draw, DrawFileKind.SCRIPT, script)
    draw.status, draw.sealed_at = DrawStatus.SEALED, at
    draw.list_sha256, draw.code_version = sha256(content), sha256(script)
    draw.applications_count = _undrawn(draw.programme).count()
    draw.save(update_fields=["status", "sealed_at", "list_sha256", "code_version", "applications_count"])
    return draw


@transaction.atomic
def fix_seed(draw_id: UUID, *, now: datetime | None = None) -> Draw:
    """The seed that was proposed becomes the seed; the workers draw with it. Raise DrawNotPossible."""
    draw: Draw = Draw.objects.select_for_update(of=("self",)).get(pk=draw_id)
    if draw.status != DrawStatus.SEALED or not draw.proposed_seed:
        raise DrawNotPossible(Hindrance.NOT_SEALED)
    draw.status, draw.seed, draw.seed_set_at = DrawStatus.SEEDED, draw.proposed_seed, now or timezone.now()
    draw.save(update_fields=["status", "seed", "seed_set_at"])
    return draw


def hindrance(programme: Programme, *, at: datetime) -> Hindrance | None:
    """What stands in the way of sealing, if anything does."""
    if programme.allotment != Allotment.LOTTERY or programme.apply_until_at is None:
        return Hindrance.NO_LOTTERY
    if at < programme.apply_until_at:
        return Hindrance.STILL_OPEN
    waiting = _undrawn(programme)
    if not waiting.exists():
        return Hindrance.NOTHING_TO_DRAW
    return Hindrance.UNCLEAR if waiting.exclude(question="").exists() else None


def _check_sealable(programme: Programme, seed_from_at: datetime, at: datetime) -> None:
    if why := hindrance(programme, at=at):
        raise DrawNotPossible(why)
    if seed_from_at <= at:
        raise DrawNotPossible(Hindrance.SEED_TOO_EARLY)


def _undrawn(programme: Programme) -> QuerySet[Application]:
    return Application.objects.filter(programme=programme, status=ApplicationStatus.SUBMITTED)


def _list_of(draw: Draw) -> SealedList:
    programme = draw.programme
    by_household = programme.draw_by == "household"
    return SealedList(
        programme=f"{programme.region.slug}/{programme.slug}",
        rule=programme.lottery_rule,
        draw_by=programme.draw_by,
        seed_source=draw.seed_source,
        seed_from_on=timezone.localdate(draw.seed_from_at, programme.region.tz).isoformat(),
        stock=dict(programme.units.values_list("slug", "stock")),
        lines=list(_lines(programme, by_household=by_household)),
    )


def _lines(programme: Programme, *, by_household: bool) -> Iterator[Line]:
    # A household's name is made up here and kept nowhere else: nobody can tell from it who lives together.
    names: dict[str, str] = defaultdict(lambda: f"H-{secrets.token_hex(8)}")
    rows = ApplicationLine.objects.filter(
        application__programme=programme, application__status=ApplicationStatus.SUBMITTED
    ).values_list("application__number", "unit__slug", "units_asked", "application__household_no", "unit__frame__slug")
    for number, unit, asked, household, frame in rows.order_by().iterator(chunk_size=10_000):
        name = names[household] if by_household and household else ""
        yield Line(number, unit, asked, name, frame or "")


def _keep(draw: Draw, kind: DrawFileKind, content: bytes) -> None:
    DrawFile.objects.create(region_id=draw.region_id, draw=draw, kind=kind, content=content, sha256=sha256(content))


def _ask(kind: str, draw: Draw, summary: str, details: dict[str, str], by: User, at: datetime) -> None:
    approvals.ask_approval(
        kind=kind, region=draw.programme.region, subject=draw.pk, summary=summary, details=details, by=by, now=at
    )


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), _("j F Y, H:i"))


def _seal_agreed(approval: Approval) -> None:
    seal(approval.subject)


def _seal_refused(approval: Approval) -> None:
    Draw.objects.filter(pk=approval.subject, status=DrawStatus.PROPOSED).update(status=DrawStatus.REFUSED)


def _run_agreed(approval: Approval) -> None:
    fix_seed(approval.subject)
    transaction.on_commit(wake_draws)


def _run_refused(approval: Approval) -> None:
    Draw.objects.filter(pk=approval.subject, status=DrawStatus.SEALED).update(proposed_seed="")


approvals.register(
    SEAL, title=gettext_lazy("Seal the list of a lottery"), on_approved=_seal_agreed, on_refused=_seal_refused
)
approvals.register(RUN, title=gettext_lazy("Draw a lottery"), on_approved=_run_agreed, on_refused=_run_refused)
