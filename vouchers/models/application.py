"""Applications for units: one person, one live application for a programme, whatever way it came."""

import secrets

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet, Resident, User
from vouchers.models.programme import Programme
from vouchers.models.unit import Unit

# Nothing that is read for something else: no 0 and O, no 1, I and L.
NUMBER_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_number() -> str:
    """A number that tells nothing of the person or the time, to be read out on the telephone."""
    letters = "".join(secrets.choice(NUMBER_LETTERS) for _at in range(10))
    return f"{letters[:5]}-{letters[5:]}"


class ApplicationStatus(models.TextChoices):
    SUBMITTED = "submitted", _("received")
    WITHDRAWN = "withdrawn", _("withdrawn")
    INVALID = "invalid", _("invalid")
    WON = "won", _("won")
    WON_REDUCED = "won_reduced", _("won with fewer units")
    LOST = "lost", _("not won")


GIVEN_UP = (ApplicationStatus.WITHDRAWN, ApplicationStatus.INVALID)
WINNING = (ApplicationStatus.WON, ApplicationStatus.WON_REDUCED)


class Channel(models.TextChoices):
    APP = "app", _("app")
    COUNTER = "counter", _("counter")
    POST = "post", _("post")


class ApplicationQuerySet(RegionQuerySet):
    def live(self) -> "ApplicationQuerySet":
        """Those that count: neither withdrawn nor invalid."""
        return self.exclude(status__in=GIVEN_UP)


class Application(models.Model):
    """What one person asks for in a programme.

    `number` is what the person is told and what stands on the public list of the lottery. `units` and `price`
    (yen) are those of its lines together; `household_no` is that of the day it was made. `question` says what
    the office does not understand about it, and `place` its place in the order of the draw, from 1.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="applications")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="applications")
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("resident"), related_name="applications")
    number = models.CharField(_("application number"), max_length=11, default=new_number, editable=False)
    status = models.CharField(
        _("status"), max_length=11, choices=ApplicationStatus, default=ApplicationStatus.SUBMITTED
    )
    channel = models.CharField(_("way"), max_length=7, choices=Channel, default=Channel.APP)
    household_no = models.CharField(_("household number"), max_length=40, blank=True)
    units = models.PositiveIntegerField(_("units"))
    price = models.PositiveIntegerField(_("price (yen)"))
    question = models.CharField(_("what is unclear"), max_length=400, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    entered_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("entered by"), related_name="+", null=True, blank=True
    )
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), null=True)
    place = models.PositiveIntegerField(_("place in the draw"), null=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ("-submitted_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "resident"),
                condition=~Q(status__in=GIVEN_UP),
                name="application_one_per_person",
            ),
            models.UniqueConstraint(fields=("programme", "number"), name="application_number_unique_in_programme"),
            models.CheckConstraint(condition=Q(units__gt=0), name="application_asks_for_something"),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.INVALID) | ~Q(reason=""), name="application_invalid_for_a_reason"
            ),
        )
        indexes = (
            models.Index(
                fields=("programme", "id"), name="application_undrawn", condition=Q(status=ApplicationStatus.SUBMITTED)
            ),
        )
        triggers = (
            pgtrigger.FSM(
                name="application_status",
                field="status",
                transitions=[(ApplicationStatus.SUBMITTED, to) for to in (*GIVEN_UP, *WINNING, ApplicationStatus.LOST)],
            ),
            pgtrigger.Protect(name="application_never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether it still waits for the draw."""
        return self.status == ApplicationStatus.SUBMITTED

    @property
    def has_won(self) -> bool:
        return self.status in WINNING


class ApplicationLine(models.Model):
    """One kind of unit on an application: asked for, and won once it has been drawn."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    application = models.ForeignKey(Application, models.PROTECT, verbose_name=_("application"), related_name="lines")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="application_lines")
    units_asked = models.PositiveIntegerField(_("units asked for"))
    units_won = models.PositiveIntegerField(_("units won"), null=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of an application")
        verbose_name_plural = _("lines of an application")
        ordering = ("application", "unit__position", "unit__slug")
        constraints = (
            models.UniqueConstraint(fields=("application", "unit"), name="application_line_once_per_unit"),
            models.CheckConstraint(condition=Q(units_asked__gt=0), name="application_line_asks_for_something"),
            models.CheckConstraint(condition=Q(units_won__lte=F("units_asked")), name="application_line_wins_no_more"),
        )

    def __str__(self) -> str:
        return f"{self.unit} × {self.units_asked}"


class HouseholdTally(models.Model):
    """Units that a household's live applications ask for together; the database keeps them within the limit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="+")
    household_no = models.CharField(_("household number"), max_length=40)
    units = models.PositiveIntegerField(_("units"), default=0)
    units_limit = models.PositiveIntegerField(_("limit per household (units)"), null=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("units of a household")
        verbose_name_plural = _("units of households")
        constraints = (
            models.UniqueConstraint(fields=("programme", "household_no"), name="household_tally_once"),
            models.CheckConstraint(condition=Q(units__lte=F("units_limit")), name="household_within_limit"),
        )

    def __str__(self) -> str:
        return self.household_no
