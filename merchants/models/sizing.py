"""What a programme calls a large shop, and what was decided for each store, by the rule or by a person."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models.merchant import HeadOfficePlace
from merchants.models.store import SizeClass, Store
from merchants.size_rule import HeadOffice, Rule
from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User
from vouchers.models import Programme


class SizeRule(models.Model):
    """A programme's definition of a large shop; what is empty plays no part."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    programme = models.OneToOneField(Programme, models.PROTECT, verbose_name=_("programme"), related_name="+")
    area_from = models.PositiveIntegerField(
        _("large from this floor area (m²)"),
        null=True,
        blank=True,
        help_text=_("500 for “500 m² or more”, 1001 for “more than 1,000 m²”."),
    )
    capital_over = models.PositiveBigIntegerField(_("large with a capital of more than (yen)"), null=True, blank=True)
    tenants_are_large = models.BooleanField(
        _("tenants of a large store are large, whatever their trade"), default=False
    )
    local_head_office = models.CharField(
        _("small whatever its size with a head office"),
        max_length=10,
        choices=[(place.value, place.label) for place in (HeadOfficePlace.CITY, HeadOfficePlace.PREFECTURE)],
        blank=True,
        help_text=_("“In the prefecture” includes the city."),
    )
    distant_is_large = models.BooleanField(
        _("every shop with another head office is large"),
        default=False,
        help_text=_("Only together with a head office above."),
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of shop sizes")
        verbose_name_plural = _("rules of shop sizes")
        constraints = (
            models.CheckConstraint(
                condition=Q(distant_is_large=False) | ~Q(local_head_office=""),
                name="size_rule_distant_needs_local",
            ),
        )

    def __str__(self) -> str:
        return str(self.programme)

    @property
    def rule(self) -> Rule:
        return Rule(
            area_from=self.area_from,
            capital_over=self.capital_over,
            tenants_are_large=self.tenants_are_large,
            local_head_office=HeadOffice(self.local_head_office),
            distant_is_large=self.distant_is_large,
        )


class StoreDecision(models.Model):
    """The size of a store in one programme and the ticket types that follow from it, for ever; the latest counts.

    `by` is none where the programme's rule decided; `reason` is then the part of the rule.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, verbose_name=_("store"), related_name="decisions")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="+")
    size_class = models.CharField(_("size"), max_length=5, choices=SizeClass)
    ticket_types = models.JSONField(_("ticket types"), default=list)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("by"), related_name="+", null=True)
    reason = models.CharField(_("reason"), max_length=400)
    at = models.DateTimeField(_("decided"), default=timezone.now)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision on a store")
        verbose_name_plural = _("decisions on stores")
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("store", "programme", "-at"), name="store_decision_latest"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.store} {self.get_size_class_display()}"
