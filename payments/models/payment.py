"""A payment, and what it draws from each voucher."""

import string
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

import pgtrigger
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Cast, Collate, Reverse, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models import Store, Till
from payments.states import IN_DOUBT, NOT_PAID, PAID, Status
from regions.ids import new_id
from regions.models import Region, RegionQuerySet
from vouchers.models import Voucher, Wallet

# The last digits of a payment's id are its number.
NUMBER_LENGTH = 12
# Fewer digits than these are no number, but part of a name or code.
NUMBER_ASKED_MIN = 4


def id_backwards() -> Collate:
    """The id from its end, so that an index finds the number's last digits among millions."""
    return Collate(Reverse(Cast("id", models.TextField())), "C")


def number_of(payment_id: UUID) -> str:
    """The payment number of an id, as people read it out."""
    digits = payment_id.hex[-NUMBER_LENGTH:].upper()
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


class PaymentQuerySet(RegionQuerySet):
    def in_doubt(self) -> Self:
        return self.filter(status__in=IN_DOUBT)

    def guaranteed(self) -> Self:
        """What the region stands for until the notary has said yes."""
        return self.filter(status=Status.ACCEPTED)

    def paid(self) -> Self:
        """What shop and resident see as paid, whether or not the notary has said so yet."""
        return self.filter(status__in=PAID)

    def notarised(self) -> Self:
        """Completed with the notary's yes; what the office completed against its no stands in our books only."""
        return self.filter(status=Status.COMPLETED, dispute_decision__isnull=True)

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
        """Those whose number ends with what was typed: read out on the telephone, with or without its hyphens."""
        digits = "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").lower()
        if not NUMBER_ASKED_MIN <= len(digits) <= NUMBER_LENGTH or not set(digits) <= set(string.hexdigits):
            return self.none()
        return self.alias(backwards=id_backwards()).filter(backwards__startswith=digits[::-1])

    def newest_first(self) -> Self:
        return self.order_by("-authorised_at", "-id")

    def with_places(self) -> Self:
        return self.select_related("store", "till")

    def sums(self, *, programme_id: UUID | None = None) -> dict[str, int]:
        """Number, gross, refunded and net yen of those that count as paid; of one programme, what it paid of them."""
        totals: dict[str, Any] = self.paid().aggregate(
            count=models.Count("pk"), gross=Sum("amount"), refunded=Sum("refunded")
        )
        if programme_id:
            drawn = Allocation.objects.filter(payment__in=self.paid().order_by())
            of_it = drawn.filter(voucher__ticket_type__programme=programme_id)
            totals |= of_it.aggregate(gross=Sum("amount"), refunded=Sum("refunded"))
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
            models.Index(id_backwards(), name="payment_number_backwards"),
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
        return number_of(self.id)

    @property
    def is_paid(self) -> bool:
        return self.status in PAID

    @property
    def is_in_doubt(self) -> bool:
        return self.status == Status.PENDING

    @property
    def is_undone(self) -> bool:
        """Whether the notary had committed it and the platform reversed that."""
        return bool(self.status == Status.VOIDED and self._notary_said == "reversed")

    @property
    def is_completed_by_office(self) -> bool:
        """Whether the office completed it against the notary's refusal, which is still its receipt."""
        return bool(self.status == Status.COMPLETED and self._notary_said in {"refused", "voided"})

    @property
    def refundable(self) -> int:
        """Yen that can still be given back. The notary cannot reverse what it never committed."""
        is_notarised = self.status == Status.COMPLETED and not self.is_completed_by_office
        return self.amount - self.refunded if is_notarised else 0

    @property
    def _notary_said(self) -> str:
        return str((self.receipt or {}).get("leaf", {}).get("outcome", ""))


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
