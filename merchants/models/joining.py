"""Businesses that want to take part: what a region asks of them, their applications, and every step of one."""

import secrets
from datetime import timedelta

import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models.merchant import HeadOfficePlace, Merchant
from merchants.models.store import CODE_ALPHABET, Store
from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User
from vouchers.models import TicketType

NUMBER_LENGTH = 8


def new_number() -> str:
    """A random number that is read out on the telephone; it tells nothing and cannot be counted up."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(NUMBER_LENGTH))


class JoiningRules(models.Model):
    """How businesses join in one region. Without a row, what stands here as default holds."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.OneToOneField(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    is_open = models.BooleanField(_("takes applications"), default=True)
    account_delay_days = models.PositiveSmallIntegerField(
        _("days before a changed bank account is paid"),
        default=3,
        validators=[MaxValueValidator(30)],
        help_text=_("In that time the business can stop a change that it did not ask for."),
    )
    more_exclusions = models.TextField(
        _("further exclusions"),
        blank=True,
        max_length=2000,
        help_text=_("One on each line. They are shown with the pledge, after the usual ones."),
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules of joining")
        verbose_name_plural = _("rules of joining")
        constraints = (
            models.CheckConstraint(condition=Q(account_delay_days__lte=30), name="joining_account_delay_is_short"),
        )

    def __str__(self) -> str:
        return str(self.region)

    @property
    def account_delay(self) -> timedelta:
        return timedelta(days=self.account_delay_days)


class ApplicationState(models.TextChoices):
    SUBMITTED = "submitted", _("to be reviewed")
    ASKED_BACK = "asked_back", _("asked back")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


OPEN_STATES = (ApplicationState.SUBMITTED, ApplicationState.ASKED_BACK)


class JoinApplication(models.Model):
    """A business that asks to take part, with the pledge that it has given. `key` makes sending it twice harmless."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    number = models.CharField(_("application number"), max_length=12, default=new_number, unique=True)
    key = models.UUIDField(default=new_id, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=ApplicationState, default=ApplicationState.SUBMITTED)
    name = models.CharField(_("name of the business"), max_length=100)
    kana = models.CharField(_("name of the business in kana"), max_length=100)
    representative = models.CharField(_("representative"), max_length=80)
    postcode = models.CharField(_("postcode"), max_length=8)
    address = models.CharField(_("address"), max_length=200)
    head_office = models.CharField(_("head office"), max_length=10, choices=HeadOfficePlace)
    capital = models.PositiveBigIntegerField(_("capital (yen)"), null=True, blank=True)
    invoice_number = models.CharField(_("invoice number"), max_length=14, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=80)
    contact_email = models.EmailField(_("contact e-mail"))
    contact_phone = models.CharField(_("contact telephone"), max_length=20)
    ticket_types = models.ManyToManyField(TicketType, verbose_name=_("ticket types wanted"), related_name="+")
    takes_app = models.BooleanField(_("takes payments by app"), default=True)
    takes_card = models.BooleanField(_("takes payments by card"), default=False)
    takes_paper = models.BooleanField(_("takes paper vouchers"), default=False)
    pledged_at = models.DateTimeField(_("pledge given"))
    language = models.CharField(max_length=5, default="ja", editable=False)
    submitted_at = models.DateTimeField(_("received"), default=timezone.now)
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="+", null=True, blank=True
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("application to take part")
        verbose_name_plural = _("applications to take part")
        ordering = ("submitted_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("region", "key"), name="join_application_sent_once"),
            models.CheckConstraint(
                condition=Q(state=ApplicationState.APPROVED, merchant__isnull=False)
                | (~Q(state=ApplicationState.APPROVED) & Q(merchant__isnull=True)),
                name="join_application_approved_has_merchant",
            ),
        )
        indexes = (models.Index(fields=("region", "state", "submitted_at"), name="join_application_queue"),)
        triggers = (
            pgtrigger.FSM(
                name="state",
                field="state",
                transitions=[
                    ("submitted", "asked_back"),
                    ("submitted", "approved"),
                    ("submitted", "refused"),
                    ("submitted", "withdrawn"),
                    ("asked_back", "submitted"),
                    ("asked_back", "approved"),
                    ("asked_back", "refused"),
                    ("asked_back", "withdrawn"),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class ApplicationStore(models.Model):
    """A shop that an application names, with the number of its tills. `store` is what approval made of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(JoinApplication, models.CASCADE, related_name="stores")
    position = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name of the shop"), max_length=100)
    kana = models.CharField(_("name of the shop in kana"), max_length=100)
    category = models.CharField(_("trade"), max_length=40)
    postcode = models.CharField(_("postcode"), max_length=8)
    address = models.CharField(_("address"), max_length=200)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    floor_area = models.PositiveIntegerField(_("floor area (m²)"))
    in_large_store = models.BooleanField(_("inside a large store or shopping centre"), default=False)
    building = models.CharField(_("building"), max_length=100, blank=True)
    tills_count = models.PositiveSmallIntegerField(_("number of tills"), default=1)
    store = models.ForeignKey(Store, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("shop of an application")
        verbose_name_plural = _("shops of an application")
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("application", "position"), name="application_store_position_once"),
        )

    def __str__(self) -> str:
        return self.name


class StepKind(models.TextChoices):
    SUBMITTED = "submitted", _("received")
    CORRECTED = "corrected", _("corrected")
    ASKED_BACK = "asked_back", _("asked back")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


LAST_STEPS = (StepKind.APPROVED, StepKind.REFUSED, StepKind.WITHDRAWN)


class ApplicationStep(models.Model):
    """One step of an application, for ever. `by` is somebody of the office; none for the business itself.

    `mail_after` is the queue of the e-mails: the business is told of every step.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(JoinApplication, models.PROTECT, related_name="steps")
    kind = models.CharField(_("step"), max_length=10, choices=StepKind)
    at = models.DateTimeField(_("time"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("by"), related_name="+", null=True)
    text = models.TextField(_("text"), blank=True, max_length=2000)
    mail_after = models.DateTimeField(null=True, editable=False)
    mail_attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("step of an application")
        verbose_name_plural = _("steps of an application")
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("application",), condition=Q(kind__in=LAST_STEPS), name="application_decided_once"
            ),
        )
        indexes = (
            models.Index(fields=("mail_after",), name="join_step_to_mail", condition=Q(mail_after__isnull=False)),
        )
        triggers = (
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_as_it_was", fields=["application", "kind", "at", "by", "text"]),
        )

    def __str__(self) -> str:
        return str(self.get_kind_display())
