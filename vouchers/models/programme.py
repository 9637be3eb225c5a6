"""Programmes: who may have how much, and when; and the frames that set some people apart."""

import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet


class ProgrammeStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    CLOSED = "closed", _("closed")


class Allotment(models.TextChoices):
    """How units come to people."""

    NONE = "none", _("not sold, only granted")
    FIRST_COME = "first_come", _("first come, first served")
    LOTTERY = "lottery", _("by lottery")


class LotteryRule(models.TextChoices):
    """What happens when more units are asked for than there are."""

    WHOLE = "whole", _("whole applications are drawn")
    REDUCED = "reduced", _("applications are drawn, the last ones with fewer units")
    EVEN_CAP = "even_cap", _("everybody's limit is lowered evenly")
    TRIMMED = "trimmed", _("single units are drawn")


class DrawBy(models.TextChoices):
    PERSON = "person", _("each person for themselves")
    HOUSEHOLD = "household", _("a household as one")


class ResidenceRule(models.TextChoices):
    BASIS_DATE = "basis_date", _("on the list of residents on a base date")
    AT_APPLICATION = "at_application", _("on the list of residents when applying")
    ANYBODY = "anybody", _("anybody")


class IssuerKind(models.TextChoices):
    """Who issues; value that the State or a municipality issues may be usable for longer than six months.

    Payment Services Act (資金決済法), exceptions from the rules for prepaid payment instruments.
    """

    MUNICIPALITY = "municipality", _("municipality")
    STATE = "state", _("State")
    OTHER = "other", _("other, such as an executive committee")


class Programme(models.Model):
    """A scheme of a region that issues vouchers. Periods that are not set do not restrict; yen are whole.

    `limit_per_person` is yen of the price that one person may pay in the programme; `budget` is yen of
    premium and grants that may be issued in all (see `ProgrammeBudget`); `payment_cap` is yen of one payment.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="programmes")
    slug = models.SlugField(_("identifier"), max_length=60)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    issuer = models.CharField(_("issuer"), max_length=100, blank=True)
    issuer_kind = models.CharField(
        _("kind of issuer"), max_length=12, choices=IssuerKind, default=IssuerKind.MUNICIPALITY
    )
    status = models.CharField(_("status"), max_length=10, choices=ProgrammeStatus, default=ProgrammeStatus.DRAFT)

    apply_from_at = models.DateTimeField(_("applications from"), null=True, blank=True)
    apply_until_at = models.DateTimeField(_("applications until"), null=True, blank=True)
    sale_from_at = models.DateTimeField(_("sale from"), null=True, blank=True)
    sale_until_at = models.DateTimeField(_("sale until"), null=True, blank=True)
    use_from_at = models.DateTimeField(_("usable from"))
    use_until_at = models.DateTimeField(_("usable until"))
    claim_until_on = models.DateField(_("shops' last day to claim"), null=True, blank=True)

    allotment = models.CharField(_("allotment"), max_length=10, choices=Allotment, default=Allotment.NONE)
    lottery_rule = models.CharField(
        _("when too many apply"), max_length=8, choices=LotteryRule, default=LotteryRule.WHOLE
    )
    draw_by = models.CharField(_("drawn by"), max_length=9, choices=DrawBy, default=DrawBy.PERSON)
    pay_within_days = models.PositiveSmallIntegerField(_("days to pay"), default=14)

    residence_rule = models.CharField(
        _("who may have them"), max_length=14, choices=ResidenceRule, default=ResidenceRule.AT_APPLICATION
    )
    basis_on = models.DateField(_("base date"), null=True, blank=True)
    age_from = models.PositiveSmallIntegerField(_("age from"), null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(_("age to"), null=True, blank=True)
    limit_per_person = models.PositiveIntegerField(_("limit per person (yen of the price)"), null=True, blank=True)
    limit_units_per_person = models.PositiveIntegerField(_("limit per person (units)"), null=True, blank=True)
    limit_units_per_household = models.PositiveIntegerField(_("limit per household (units)"), null=True, blank=True)

    budget = models.PositiveBigIntegerField(_("budget for premium and grants (yen)"), null=True, blank=True)
    payment_cap = models.PositiveIntegerField(_("limit per payment (yen)"), null=True, blank=True)
    refund_grace_days = models.PositiveSmallIntegerField(
        _("days of grace for refunds"),
        default=0,
        validators=[MaxValueValidator(180)],
        help_text=_("Value refunded after the expiry can be used for so many days after it; 0: it has expired."),
    )
    copied_from = models.ForeignKey(
        "self", models.SET_NULL, verbose_name=_("copied from"), related_name="copies", null=True, editable=False
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ("-use_from_at", "slug")
        constraints = (
            models.UniqueConstraint(fields=("region", "slug"), name="programme_slug_unique_in_region"),
            models.CheckConstraint(
                condition=Q(use_until_at__gt=F("use_from_at")), name="programme_use_period_is_forward"
            ),
            models.CheckConstraint(
                condition=Q(apply_until_at__gt=F("apply_from_at")), name="programme_application_period_is_forward"
            ),
            models.CheckConstraint(
                condition=Q(sale_until_at__gt=F("sale_from_at")), name="programme_sale_period_is_forward"
            ),
            models.CheckConstraint(condition=Q(age_to__gte=F("age_from")), name="programme_ages_are_forward"),
        )
        # The budget's row is there from the first moment and always says what the programme says, whoever writes it.
        triggers = (
            pgtrigger.Trigger(
                name="keep_budget",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("budget"),  # type: ignore[no-untyped-call]
                func="""
                    INSERT INTO vouchers_programmebudget (programme_id, region_id, budget, committed)
                    VALUES (NEW.id, NEW.region_id, NEW.budget, 0)
                    ON CONFLICT (programme_id) DO UPDATE SET budget = EXCLUDED.budget;
                    RETURN NULL;
                """,
            ),
        )

    def __str__(self) -> str:
        return self.name


class Frame(models.Model):
    """A group of people with units of their own (枠): seniors by age, families by a child's birth."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="frames")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="frames")
    slug = models.SlugField(_("identifier"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    age_from = models.PositiveSmallIntegerField(_("age from"), null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(_("age to"), null=True, blank=True)
    child_born_from = models.DateField(
        _("with a child born from"), null=True, blank=True, help_text=_("A child of the same household.")
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("frame")
        verbose_name_plural = _("frames")
        ordering = ("programme", "slug")
        constraints = (
            models.UniqueConstraint(fields=("programme", "slug"), name="frame_slug_unique_in_programme"),
            models.CheckConstraint(condition=Q(age_to__gte=F("age_from")), name="frame_ages_are_forward"),
        )

    def __str__(self) -> str:
        return self.name
