"""Value of a completed payment given back."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models.payment import Payment
from payments.states import RefundStatus
from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User


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
