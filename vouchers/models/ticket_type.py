"""Ticket types: which shops take the vouchers."""

from datetime import datetime

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet
from vouchers.models.programme import Programme


class TicketKind(models.TextChoices):
    COMMON = "common", _("common ticket")
    LOCAL = "local", _("small-shop ticket")
    SUPPORT = "support", _("support ticket")


class TicketType(models.Model):
    """Where its vouchers are good, and for how long."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="ticket_types")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="ticket_types")
    slug = models.SlugField(_("identifier"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=TicketKind, default=TicketKind.COMMON)
    use_from_at = models.DateTimeField(_("usable from"), null=True, blank=True, help_text=_("Empty: as the programme."))
    use_until_at = models.DateTimeField(
        _("usable until"), null=True, blank=True, help_text=_("Empty: as the programme.")
    )
    restriction = models.PositiveSmallIntegerField(
        _("restriction"),
        default=0,
        help_text=_("Vouchers of the more restricted ticket type are spent first; 0 is good everywhere."),
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket type")
        verbose_name_plural = _("ticket types")
        ordering = ("programme", "slug")
        constraints = (
            models.UniqueConstraint(fields=("programme", "slug"), name="ticket_type_slug_unique_in_programme"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def display_name(self) -> str:
        """The name in the reader's language."""
        english = (translation.get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name

    @property
    def good_from_at(self) -> datetime:
        return self.use_from_at or self.programme.use_from_at

    @property
    def good_until_at(self) -> datetime:
        return self.use_until_at or self.programme.use_until_at
