"""A payment, what it draws from each voucher, its refunds, and the shop's side of the books."""

import string
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

import pgtrigger
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Cast, Right, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models import Store, Till
from payments.states import IN_DOUBT, NOT_PAID, PAID, RefundStatus, Status
from regions.ids import new_id
from regions.models import NotaryCluster, Region, RegionQuerySet, User
from vouchers.models import Voucher, Wallet

# The last digits of a payment's id are its number.
NUMBER_LENGTH = 12


class PaymentQuerySet(RegionQuerySet):
    def in_doubt(self) -> Self:
        return self.filter(status__in=IN_DOUBT)

    def guaranteed(self) -> Self:
        """What the region stands for until the notary has said yes."""
        return self.filter(status=Status.ACCEPTED)

    def paid(self) -> Self:
        """What shop and resident see as paid, whether or not the notary has said so yet."""
        return self.filter(status__in=PAID)

    def of_wallet(self, wallet_id: UUID) -> Self:
        """The resident's own history."""
        return self.filter(wallet_id=wallet_id)

    def being_checked(self) -> Self:
        """確認中: neither paid nor not paid to the people at the till."""
        return self.filter(status=Status.PENDING)

    def just_like(self, *, till: Till, amount: int, since: datetime) -> Self:
        """Those of the same amount at the same till since then that are not known to have failed."""
        return self.filter(till=till, amount=amount, authorised_at__gte=since).exclude(status__in=NOT_PAID)

    def in_month(self, first: date, tz: ZoneInfo) -> Self:
        """Those of the calendar month that begins on `first`, by the clocks of the time zone."""
        following = (first + timedelta(days=31)).replace(day=1)
        starts, ends = (datetime.combine(day, time.min, tzinfo=tz) for day in (first, following))
        return self.filter(authorised_at__gte=starts, authorised_at__lt=ends)

    def by_month(self, tz: ZoneInfo) -> list[dict[str, Any]]:
        """Each month with payments, newest first: its first moment, and number and net yen of what was paid."""
        net = Sum(F("amount") - F("refunded"), filter=Q(status__in=PAID), default=0)
        months = self.order_by().annotate(month=TruncMonth("authorised_at", tzinfo=tz)).values("month")
        return list(months.annotate(count=models.Count("pk", filter=Q(status__in=PAID)), net=net).order_by("-month"))

    def of_stores(self, stores: models.QuerySet[Store]) -> Self:
        return self.filter(store__in=stores)

    def with_number_like(self, text: str) -> Self:
        """Those whose number holds what was typed: read out on the telephone, with or without its hyphens."""
        digits = "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").lower()
        if not digits or not set(digits) <= set(string.hexdigits):
            return self.none()
        number = Right(Cast("id", models.TextField()), NUMBER_LENGTH)
        return self.alias(number_digits=number).filter(number_digits__contains=digits)

    def newest_first(self) -> Self:
        return self.order_by("-authorised_at", "-id")

    def with_places(self) -> Self:
        return self.select_related("store", "till")

    def sums(self) -> dict[str, int]:
        """Number, gross, refunded and net yen of those that count as paid."""
        totals: dict[str, Any] = self.paid().aggregate(
            count=models.Count("pk"), gross=Sum("amount"), refunded=Sum("refunded")
        )
        gross, refunded = totals["gross"] or 0, totals["refunded"] or 0
        return {"count": totals["count"], "gross": gross, "refunded": refunded, "net": gross - refunded}


class Payment(models.Model):
    """One purchase at one till, and its line in the resident's and in the shop's history.

    There is no second place where a history is kept, so none can be missing: the row is written
    before the notary is asked, and its id is the transaction id there. `next_attempt_at` is the
    queue: while the payment is in doubt it says when somebody will look at it (a claim moves it
    on by the lease, so that a dead worker's payments come back by themselves).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="payments")
    wallet = models.ForeignKey(Wallet, models.PROTECT, verbose_name=_("wallet"), related_name="payments")
    store = models.ForeignKey(Store, models.PROTECT, verbose_name=_("store"), related_name="payments")
    till = models.ForeignKey(Till, models.PROTECT, verbose_name=_("till"), related_name="payments")
    amount = models.PositiveIntegerField(_("amount (yen)"))
    refunded = models.PositiveIntegerField(_("refunded (yen)"), default=0)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    idempotency_key = models.CharField(max_length=255, editable=False)
    request_hash = models.CharField(max_length=64, editable=False)
    authorised_at = models.DateTimeField(_("time"), default=timezone.now)
    valid_until = models.DateTimeField(
        null=True, editable=False, help_text="A notary that first hears of it later does not carry it out."
    )
    next_attempt_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decline_reason = models.CharField(_("reason"), max_length=40, blank=True, editable=False)
    log_position = models.BigIntegerField(_("position in the notary's log"), null=True, editable=False)
    receipt = models.JSONField(_("receipt"), null=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-authorised_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("wallet", "idempotency_key"), name="payment_key_unique_in_wallet"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(condition=Q(refunded__lte=F("amount")), name="payment_refund_within_amount"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="payment_status_known"),
            # Whatever is in doubt says when somebody will look at it; whatever is not says nothing.
            models.CheckConstraint(
                condition=Q(status__in=IN_DOUBT, next_attempt_at__isnull=False)
                | (~Q(status__in=IN_DOUBT) & Q(next_attempt_at__isnull=True)),
                name="payment_in_doubt_is_queued",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.COMPLETED) | Q(receipt__isnull=False, decided_at__isnull=False),
                name="payment_completed_has_receipt",
            ),
        )
        indexes = (
            models.Index(fields=("wallet", "-authorised_at", "-id"), name="payment_of_wallet"),
            models.Index(fields=("store", "-authorised_at", "-id"), name="payment_of_store"),
            models.Index(fields=("region", "-authorised_at", "-id"), name="payment_of_region"),
            models.Index(fields=("next_attempt_at",), name="payment_in_doubt", condition=Q(status__in=IN_DOUBT)),
            models.Index(
                fields=("region", "wallet"),
                include=("amount",),
                name="payment_guaranteed",
                condition=Q(status=Status.ACCEPTED),
            ),
        )
        triggers = (
            # The database knows the table of transitions too: whoever writes, with whatever tool.
            pgtrigger.FSM(
                name="status",
                field="status",
                transitions=[
                    ("pending", "completed"),
                    ("pending", "declined"),
                    ("pending", "accepted"),
                    ("pending", "voiding"),
                    ("accepted", "completed"),
                    ("accepted", "disputed"),
                    ("voiding", "voided"),
                    ("disputed", "completed"),
                    ("disputed", "voided"),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.amount:,}"

    @property
    def number(self) -> str:
        """The payment number that people read out on the telephone."""
        digits = self.id.hex[-NUMBER_LENGTH:].upper()
        return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"

    @property
    def is_paid(self) -> bool:
        return self.status in PAID

    @property
    def is_in_doubt(self) -> bool:
        return self.status == Status.PENDING

    @property
    def is_undone(self) -> bool:
        """Whether the notary had committed it and the platform reversed that."""
        leaf = (self.receipt or {}).get("leaf", {})
        return bool(self.status == Status.VOIDED and leaf.get("outcome") == "reversed")

    @property
    def refundable(self) -> int:
        """Yen that can still be given back."""
        return self.amount - self.refunded if self.status == Status.COMPLETED else 0


class Allocation(models.Model):
    """What a payment takes from one voucher. The sum over a payment never changes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="allocations")
    amount = models.PositiveIntegerField(_("amount (yen)"))
    refunded = models.PositiveIntegerField(_("refunded (yen)"), default=0)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = (
            models.UniqueConstraint(fields=("payment", "voucher"), name="allocation_once_per_voucher"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_amount_positive"),
            models.CheckConstraint(condition=Q(refunded__lte=F("amount")), name="allocation_refund_within_amount"),
        )

    def __str__(self) -> str:
        return f"{self.voucher_id} {self.amount:,}"


class Refund(models.Model):
    """Value of a completed payment given back to the vouchers it came from; notarised as a reversal.

    The yen are set aside on the payment when the refund is made (`Payment.refunded`), so that
    refunds in parallel can never give back more than was paid; they return to the vouchers when
    the notary has agreed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="refunds")
    payment = models.ForeignKey(Payment, models.PROTECT, verbose_name=_("payment"), related_name="refunds")
    amount = models.PositiveIntegerField(_("amount (yen)"))
    allocations = models.JSONField(editable=False, help_text="[[voucher id, yen], …]")
    reason = models.CharField(_("reason"), max_length=200)
    requested_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("by"), related_name="+")
    requested_at = models.DateTimeField(_("time"), default=timezone.now)
    idempotency_key = models.CharField(max_length=255, editable=False)
    request_hash = models.CharField(max_length=64, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=RefundStatus, default=RefundStatus.PENDING)
    next_attempt_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    log_position = models.BigIntegerField(_("position in the notary's log"), null=True, editable=False)
    receipt = models.JSONField(_("receipt"), null=True, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ("-requested_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("payment", "idempotency_key"), name="refund_key_unique_in_payment"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(status=RefundStatus.PENDING, next_attempt_at__isnull=False)
                | (~Q(status=RefundStatus.PENDING) & Q(next_attempt_at__isnull=True)),
                name="refund_in_doubt_is_queued",
            ),
        )
        indexes = (
            models.Index(fields=("next_attempt_at",), name="refund_in_doubt", condition=Q(status=RefundStatus.PENDING)),
        )
        triggers = (
            pgtrigger.FSM(
                name="status", field="status", transitions=[("pending", "completed"), ("pending", "refused")]
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.amount:,}"


class StoreEntryKind(models.TextChoices):
    PAYMENT = "payment", _("payment")
    REFUND = "refund", _("refund")


class StoreEntry(models.Model):
    """What the region owes a store, entry by entry, for ever: settlement pays these and nothing else.

    `amount` is signed yen; `source` is the payment's or the refund's id and enters once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, verbose_name=_("store"), related_name="entries")
    payment = models.ForeignKey(Payment, models.PROTECT, verbose_name=_("payment"), related_name="store_entries")
    kind = models.CharField(_("kind"), max_length=8, choices=StoreEntryKind)
    amount = models.IntegerField(_("amount (yen)"))
    source = models.UUIDField(_("source"), unique=True)
    at = models.DateTimeField(_("time"))
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("store's entry")
        verbose_name_plural = _("store's entries")
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(condition=~Q(amount=0), name="store_entry_amount_not_zero"),)
        indexes = (models.Index(fields=("store", "-at"), name="store_entry_of_store"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.amount:+,}"


class NotaryHealth(models.Model):
    """What all processes know of a notary together: the state of its breaker. See `payments.breaker`."""

    cluster = models.OneToOneField(NotaryCluster, models.CASCADE, primary_key=True, related_name="health")
    is_open = models.BooleanField(_("not relied on"), default=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    cause = models.CharField(_("cause"), max_length=20, blank=True)
    failed_at = models.DateTimeField(_("last failure"), null=True)
    changed_at = models.DateTimeField(_("since"), default=timezone.now)
    probe_after = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("state of a notary")
        verbose_name_plural = _("states of the notaries")

    def __str__(self) -> str:
        return str(self.cluster)


class LogCursor(models.Model):
    """How far the notary's log has been read, and the last entry of ours that was seen there.

    That entry is read again with every page: if it is gone, the notary was restored from an older copy.
    """

    cluster = models.OneToOneField(NotaryCluster, models.CASCADE, primary_key=True, related_name="cursor")
    position = models.BigIntegerField(default=0)
    last_position = models.BigIntegerField(default=0)
    last_id = models.UUIDField(null=True)
    read_at = models.DateTimeField(null=True)
    compare_after = models.DateTimeField(default=timezone.now)
    compared_at = models.DateTimeField(_("compared"), null=True)

    class Meta:
        verbose_name = _("reading of a notary's log")
        verbose_name_plural = _("readings of the notaries' logs")

    def __str__(self) -> str:
        return f"{self.cluster} {self.position}"


class DifferenceKind(models.TextChoices):
    NOT_WRITTEN = "not_written", _("decided at the notary, not written here")
    ENTRY_MISSING = "entry_missing", _("missing in a history or book")
    NOT_AT_NOTARY = "not_at_notary", _("completed here, unknown to the notary")
    NOT_REVERSED = "not_reversed", _("given back here, spent at the notary")
    UNKNOWN_PAYMENT = "unknown_payment", _("spent at the notary, unknown here")
    AMOUNT = "amount", _("amounts differ")
    ORPHAN_ENTRY = "orphan_entry", _("entry without a completed payment")


class DifferenceQuerySet(RegionQuerySet):
    def left(self) -> Self:
        """Those that are neither repaired nor settled by a person: the figure whose normal value is zero."""
        return self.filter(repaired_at__isnull=True, settled_at__isnull=True)


class Difference(models.Model):
    """One mismatch between the platform's books and the notary's: repaired by itself, or parked with a reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="differences", null=True)
    cluster = models.ForeignKey(NotaryCluster, models.PROTECT, verbose_name=_("notary"), related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=DifferenceKind)
    source = models.UUIDField(_("payment or refund"))
    ours = models.BigIntegerField(_("yen here"), null=True)
    theirs = models.BigIntegerField(_("yen at the notary"), null=True)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    repaired_at = models.DateTimeField(_("repaired"), null=True)
    parked = models.CharField(_("why it is not repaired by itself"), max_length=200, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("settled by"), related_name="+", null=True)
    settled_note = models.CharField(_("note"), max_length=400, blank=True)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ("-found_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("source", "kind"),
                condition=Q(repaired_at__isnull=True),
                name="difference_named_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source}"


class Heartbeat(models.Model):
    """When a process that must never stand still was last alive."""

    name = models.CharField(primary_key=True, max_length=40)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, name: str, *, at: datetime) -> None:
        cls.objects.update_or_create(name=name, defaults={"beat_at": at})
