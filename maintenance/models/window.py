"""Maintenance windows: a closed sign with a scope and a time."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region


class Scope(models.TextChoices):
    ALL = "all", _("everything")
    PAYMENTS = "payments", _("payments")
    SALES = "sales", _("sales")


class State(models.TextChoices):
    SCHEDULED = "scheduled", _("scheduled")
    OPEN = "open", _("in force")
    ENDED = "ended", _("ended")


class WindowQuerySet(models.QuerySet["Window"]):
    def not_closed(self) -> Self:
        """Windows in force and those still to come."""
        return self.filter(closed_at__isnull=True)

    def open_at(self, at: datetime) -> Self:
        """Windows that are in force at the moment, of every region."""
        return self.filter(Q(starts_at__lte=at), Q(closed_at__isnull=True) | Q(closed_at__gt=at))

    def of(self, region: Region | None) -> Self:
        """Windows of this region; without one, those that hold for all regions."""
        return self.filter(region=region) if region else self.filter(region__isnull=True)


class Window(models.Model):
    """From `starts_at` until somebody closes it; `expected_until` is what people are told, not a switch.

    Without a region it holds for all of them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(
        Region, models.CASCADE, verbose_name=_("region"), related_name="windows", null=True, blank=True
    )
    scope = models.CharField(_("scope"), max_length=8, choices=Scope, default=Scope.ALL)
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    expected_until = models.DateTimeField(_("expected end"), null=True, blank=True)
    message = models.TextField(_("message to residents and shops"), max_length=500, blank=True)
    message_en = models.TextField(_("message in English"), max_length=500, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("switched on by"), related_name="+", null=True
    )
    created_at = models.DateTimeField(_("switched on"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("switched off by"), related_name="+", null=True
    )

    objects = WindowQuerySet.as_manager()

    class Meta:
        verbose_name = _("maintenance window")
        verbose_name_plural = _("maintenance windows")
        ordering = ("-starts_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(expected_until__isnull=True) | Q(expected_until__gt=F("starts_at")),
                name="window_ends_after_it_starts",
            ),
        )
        indexes = (models.Index(fields=("starts_at",), name="window_not_closed", condition=Q(closed_at__isnull=True)),)

    def __str__(self) -> str:
        return f"{self.region or _('all regions')} · {self.get_scope_display()}"

    def state(self, at: datetime) -> State:
        if self.closed_at is not None and self.closed_at <= at:
            return State.ENDED
        return State.OPEN if self.starts_at <= at else State.SCHEDULED

    def holds_for(self, slug: str | None) -> bool:
        """Whether it concerns the region of this slug; None stands for the pages of no region."""
        return self.region is None or self.region.slug == slug

    def closes(self, function: Scope) -> bool:
        """Whether the function is closed by it: everything closes everything."""
        return self.scope in (Scope.ALL, function)

    @property
    def display_message(self) -> str:
        """The message in the reader's language, as far as there is one."""
        english = (translation.get_language() or "").startswith("en")
        return (self.message_en if english else self.message) or self.message or self.message_en
