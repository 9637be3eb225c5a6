"""Lists of grants, the entitlements on them, and what was done with each."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet, Resident, User
from vouchers.models.programme import Programme
from vouchers.models.ticket_type import TicketType
from vouchers.models.voucher import Voucher


class Handover(models.TextChoices):
    DIRECT = "direct", _("straight into the wallets")
    CLAIM = "claim", _("to be claimed by each person")


class ListState(models.TextChoices):
    PREVIEWED = "previewed", _("preview")
    ASKED = "asked", _("waits for a second person")
    RUNNING = "running", _("being issued")
    DONE = "done", _("done")
    DROPPED = "dropped", _("not used")


LIST_TRANSITIONS = [
    ("previewed", "asked"),
    ("previewed", "running"),
    ("previewed", "dropped"),
    ("asked", "running"),
    ("asked", "previewed"),
    ("running", "done"),
]


class GrantTerms(models.Model):
    """How much a ticket type's grants come to, and until when, where a list says no amounts.

    `rule` is JSON that `vouchers.grants.rules.parse_rule` reads.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    ticket_type = models.OneToOneField(
        TicketType, models.CASCADE, verbose_name=_("ticket type"), related_name="grant_terms"
    )
    rule = models.JSONField(_("rule of the grant"))

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of a grant")
        verbose_name_plural = _("rules of grants")

    def __str__(self) -> str:
        return str(self.ticket_type)


class GrantList(models.Model):
    """A file of people and what each is granted: looked at, agreed to by a second person, then carried out.

    `left_out` holds the lines that are no entitlement, as [number, resident number, reason]; `warnings` what
    the office was told before it went on, as sentences. `amount` is yen of all entitlements together.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="grant_lists")
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64)
    handover = models.CharField(_("handing over"), max_length=6, choices=Handover, default=Handover.DIRECT)
    state = models.CharField(_("state"), max_length=9, choices=ListState, default=ListState.PREVIEWED)
    rows_count = models.PositiveIntegerField(_("people and grants"), default=0)
    amount = models.PositiveBigIntegerField(_("sum (yen)"), default=0)
    left_out = models.JSONField(default=list, editable=False)
    warnings = models.JSONField(default=list, editable=False)
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("uploaded by"), related_name="+", null=True)
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    approved_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("approved by"), related_name="+", null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    problem = models.CharField(_("what holds it up"), max_length=200, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of grants")
        verbose_name_plural = _("lists of grants")
        ordering = ("-uploaded_at", "-id")
        indexes = (
            models.Index(fields=("region", "sha256"), name="grant_list_by_file"),
            models.Index(fields=("uploaded_at",), name="grant_list_to_run", condition=Q(state="running")),
        )
        triggers = (
            pgtrigger.FSM(name="state", field="state", transitions=LIST_TRANSITIONS),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.file_name


class EntitlementState(models.TextChoices):
    PROPOSED = "proposed", _("on a list, not agreed to")
    OFFERED = "offered", _("can be claimed")
    ISSUED = "issued", _("issued")
    DECLINED = "declined", _("declined")
    LAPSED = "lapsed", _("not claimed in time")
    STOPPED = "stopped", _("stopped")


ENTITLEMENT_TRANSITIONS = [
    ("proposed", "offered"),
    ("proposed", "issued"),
    ("offered", "issued"),
    ("offered", "declined"),
    ("offered", "lapsed"),
    ("offered", "stopped"),
    ("issued", "stopped"),
]


class StopReason(models.TextChoices):
    MOVED_OUT = "moved_out", _("moved out")
    DIED = "died", _("died")
    WRONG = "wrong", _("granted by mistake")
    OTHER = "other", _("another reason")


class EntitlementQuerySet(RegionQuerySet):
    def of_people_who_left(self) -> "EntitlementQuerySet":
        """Those still good although the owner or the child has moved out, and nobody decided to leave them so."""
        gone = Q(resident__moved_out_on__isnull=False) | Q(child__moved_out_on__isnull=False)
        return self.filter(gone, state__in=GOOD, kept_at__isnull=True)


GOOD = (EntitlementState.OFFERED, EntitlementState.ISSUED)


class Entitlement(models.Model):
    """The right of a person to a grant, from the list that it stood on to the voucher that it became.

    `resident` owns it, `child` is whom it is for where that is somebody else; the two, and where they live, may
    part. `key` says that two lines mean the same grant. A letter's code is known by its keyed hash only.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="entitlements")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="+")
    ticket_type = models.ForeignKey(TicketType, models.PROTECT, verbose_name=_("ticket type"), related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("resident"), related_name="entitlements")
    child = models.ForeignKey(
        Resident, models.PROTECT, verbose_name=_("child"), related_name="+", null=True, blank=True
    )
    amount = models.PositiveIntegerField(_("amount (yen)"))
    expires_at = models.DateTimeField(_("expires"))
    claim_until_on = models.DateField(_("can be claimed until"), null=True, blank=True)
    basis_on = models.DateField(_("basis date"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=EntitlementState, default=EntitlementState.PROPOSED)
    grant_list = models.ForeignKey(
        GrantList, models.PROTECT, verbose_name=_("list of grants"), related_name="entitlements"
    )
    line = models.PositiveIntegerField(_("line of the file"))
    key = models.CharField(max_length=64, editable=False)
    code_hash = models.CharField(max_length=64, null=True, editable=False)
    printed_at = models.DateTimeField(_("letter printed"), null=True, editable=False)
    voucher = models.OneToOneField(
        Voucher, models.PROTECT, verbose_name=_("voucher"), related_name="entitlement", null=True, editable=False
    )
    stop_reason = models.CharField(_("why it was stopped"), max_length=9, choices=StopReason, blank=True)
    kept_at = models.DateTimeField(_("left as it is"), null=True, editable=False)

    objects = EntitlementQuerySet.as_manager()

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        ordering = ("-grant_list__uploaded_at", "line")
        constraints = (
            models.UniqueConstraint(fields=("region", "key"), name="entitlement_once"),
            models.UniqueConstraint(fields=("region", "code_hash"), name="entitlement_code_unique_in_region"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="entitlement_has_value"),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(voucher__isnull=False), name="entitlement_issued_as_a_voucher"
            ),
            models.CheckConstraint(
                condition=Q(code_hash__isnull=True) | Q(state="offered"), name="entitlement_code_while_it_is_offered"
            ),
        )
        indexes = (
            models.Index(fields=("grant_list", "line"), name="entitlement_to_carry_out", condition=Q(state="proposed")),
            models.Index(fields=("claim_until_on",), name="entitlement_to_lapse", condition=Q(state="offered")),
        )
        triggers = (pgtrigger.FSM(name="state", field="state", transitions=ENTITLEMENT_TRANSITIONS),)

    def __str__(self) -> str:
        return f"{self.ticket_type} {self.amount:,}"


class GrantEventKind(models.TextChoices):
    PRINTED = "printed", _("letter printed")
    CLAIMED = "claimed", _("claimed")
    CLAIMED_BY_CODE = "by_code", _("claimed with a letter's code")
    CLAIMED_AT_COUNTER = "counter", _("claimed at the counter")
    DECLINED = "declined", _("declined")
    LAPSED = "lapsed", _("not claimed in time")
    STOPPED = "stopped", _("stopped")
    MOVED = "moved", _("moved to another person")
    KEPT = "kept", _("left as it is")


class GrantEvent(models.Model):
    """What was done with an entitlement, by whom and why, for ever."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, verbose_name=_("entitlement"), related_name="events")
    kind = models.CharField(_("what happened"), max_length=8, choices=GrantEventKind)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("by"), related_name="+", null=True)
    note = models.CharField(_("note"), max_length=400, blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of an entitlement")
        verbose_name_plural = _("events of entitlements")
        ordering = ("at", "id")
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return str(self.get_kind_display())


class GuessScope(models.TextChoices):
    PERSON = "person", _("person")
    ADDRESS = "address", _("address")
    REGION = "region", _("region")


class GuessCount(models.Model):
    """How many wrong codes came from a person, an address or a whole region in one hour.

    `subject` is a keyed hash, so that the table says nothing of who tried.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.CASCADE, verbose_name=_("region"), related_name="+")
    scope = models.CharField(max_length=7, choices=GuessScope)
    subject = models.CharField(max_length=64)
    hour_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("wrong codes of an hour")
        verbose_name_plural = _("wrong codes")
        constraints = (
            models.UniqueConstraint(fields=("region", "scope", "subject", "hour_at"), name="guess_count_once_an_hour"),
        )

    def __str__(self) -> str:
        return f"{self.scope} {self.count}"
