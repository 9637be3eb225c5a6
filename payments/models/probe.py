"""A region's way of a payment walked without a payment, so that it is known also when nobody pays."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from regions.models import Region


class PathProbe(models.Model):
    """The newest probe of a region's whole way: web, database, nudge, worker, notary, database.

    It takes the way of a payment and none of its value: nothing is held and no history has it.
    `next_attempt_at` is the queue, as a payment's is; empty, the probe is answered.
    """

    region = models.OneToOneField(Region, models.CASCADE, primary_key=True, related_name="path_probe")
    asked_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("probe of a region's payments")
        verbose_name_plural = _("probes of the regions' payments")
        constraints = (
            models.CheckConstraint(
                condition=Q(next_attempt_at__isnull=False) | Q(answered_at__gte=F("asked_at")),
                name="path_probe_is_due_or_answered",
            ),
        )

    def __str__(self) -> str:
        return str(self.region)
