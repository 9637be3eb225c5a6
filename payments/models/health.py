"""What all processes know together of what may stand still: the notaries, and the processes that must not."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.models import NotaryCluster


class NotaryHealth(models.Model):
    """What all processes know of a notary together: the state of its breaker. See `payments.breaker`."""

    cluster = models.OneToOneField(NotaryCluster, models.CASCADE, primary_key=True, related_name="health")
    is_open = models.BooleanField(_("not relied on"), default=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    cause = models.CharField(_("cause"), max_length=20, blank=True)
    failed_at = models.DateTimeField(_("last failure"), null=True)
    changed_at = models.DateTimeField(_("since"), default=timezone.now)
    probe_after = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(_("last found to go on from an older copy"), null=True)

    class Meta:
        verbose_name = _("state of a notary")
        verbose_name_plural = _("states of the notaries")

    def __str__(self) -> str:
        return str(self.cluster)


class Heartbeat(models.Model):
    """When a process that must never stand still was last alive."""

    name = models.CharField(primary_key=True, max_length=40)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def beat(name: str, *, at: datetime) -> None:
        Heartbeat.objects.bulk_create(
            [Heartbeat(name=name, beat_at=at)],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["beat_at"],
        )
