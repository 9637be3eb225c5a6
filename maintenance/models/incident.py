"""Incidents: something is wrong, with its regions and its cause, from the first sign to the all-clear."""

from collections.abc import Iterable
from typing import Self
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import NotaryCluster, Region


class Cause(models.TextChoices):
    """Where the trouble comes from, as far as it can be told from here."""

    NOTARY = "notary", _("the notary")
    NOTARY_NETWORK = "notary_network", _("the way to the notary")
    DATABASE = "database", _("the database")
    REDIS = "redis", _("Redis")
    WORKERS = "workers", _("the workers")
    WEB = "web", _("the web servers")
    UNKNOWN = "unknown", _("not found yet")


class IncidentState(models.TextChoices):
    INVESTIGATING = "investigating", _("investigating")
    IDENTIFIED = "identified", _("cause identified")
    MONITORING = "monitoring", _("working again, being watched")
    RESOLVED = "resolved", _("all clear")


class IncidentQuerySet(models.QuerySet["Incident"]):
    def not_closed(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def concerning(self, region_ids: Iterable[UUID]) -> Self:
        """Those that affect, or have affected, any of the regions."""
        return self.filter(regions__in=list(region_ids)).distinct()


class Incident(models.Model):
    """One trouble: opened by the platform itself, closed by itself when the recovery gate lets it.

    Its row may be younger than it is: while the database is away it lives in the watchman alone, who tells
    people without the database and writes the row, with the true times, when there is one again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cause = models.CharField(_("cause"), max_length=14, choices=Cause)
    state = models.CharField(_("state"), max_length=13, choices=IncidentState)
    regions = models.ManyToManyField(Region, verbose_name=_("regions affected"), related_name="incidents")
    cluster = models.ForeignKey(
        NotaryCluster, models.PROTECT, verbose_name=_("notary"), related_name="incidents", null=True
    )
    # Short stable words, told in the reader's language by `incident_words.evidence_said`.
    evidence = models.CharField(_("what was seen"), max_length=200, blank=True)
    opened_at = models.DateTimeField(_("detected"))
    identified_at = models.DateTimeField(_("cause named"), null=True)
    notified_at = models.DateTimeField(_("staff told"), null=True)
    cleared_at = models.DateTimeField(_("working again since"), null=True)
    closed_at = models.DateTimeField(_("all clear"), null=True)
    waiting_for = models.JSONField(_("the all-clear waits for"), default=list)
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ("-opened_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) ^ Q(state=IncidentState.RESOLVED),
                name="incident_resolved_is_closed",
            ),
        )
        indexes = (
            models.Index(fields=("opened_at",), name="incident_not_closed", condition=Q(closed_at__isnull=True)),
        )
        triggers = (pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {timezone.localtime(self.opened_at):%Y/%m/%d %H:%M}"


class EventKind(models.TextChoices):
    """A line of the timeline that the platform writes."""

    DETECTED = "detected", _("detected")
    IDENTIFIED = "identified", _("cause identified")
    WIDENED = "widened", _("further regions affected")
    TOLD = "told", _("staff told")
    NOT_TOLD = "not_told", _("staff could not be told")
    CLEARED = "cleared", _("working again")
    RELAPSED = "relapsed", _("not working again")
    CLOSED = "closed", _("all clear")


class IncidentEvent(models.Model):
    """What happened at one moment of an incident, for ever. `facts` are plain values, told in the reader's language."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="events")
    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("what"), max_length=10, choices=EventKind)
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of an incident")
        verbose_name_plural = _("events of an incident")
        ordering = ("at", "id")
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.at):%H:%M:%S}"
