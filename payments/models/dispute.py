"""What the office decided of payments that the notary refused after their region had guaranteed them."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models.payment import Payment
from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User


class DisputeOutcome(models.TextChoices):
    """The two ends of a dispute; the values are the statuses that the payment gets."""

    COMPLETED = "completed", _("it counts: the store is paid")
    VOIDED = "voided", _("it does not count: the value goes back to the resident")


class DisputeDecision(models.Model):
    """Who decided what of one disputed payment, and why: once, and for ever.

    A payment that was completed by such a decision stands in the platform's books only: the notary refused it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    payment = models.OneToOneField(Payment, models.PROTECT, verbose_name=_("payment"), related_name="dispute_decision")
    outcome = models.CharField(_("decision"), max_length=10, choices=DisputeOutcome)
    reason = models.CharField(_("reason"), max_length=400)
    decided_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("by"), related_name="+")
    decided_at = models.DateTimeField(_("time"), default=timezone.now)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision on a disputed payment")
        verbose_name_plural = _("decisions on disputed payments")
        ordering = ("-decided_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(outcome__in=DisputeOutcome.values), name="dispute_outcome_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="dispute_has_a_reason"),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.reason}"
