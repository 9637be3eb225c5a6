"""Units (口): what a resident buys, and which ticket types' value is in it."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet
from vouchers.funding import split
from vouchers.models.programme import Frame, Programme
from vouchers.models.ticket_type import TicketType


class Unit(models.Model):
    """A price, and the value that one gets for it; a unit without a frame is for everybody.

    `stock` and `limit_per_person` count units. The premium is the difference of two integers, never a
    rate: 5,000 → 5,500 yen is what a city publishes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="units")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="units")
    frame = models.ForeignKey(
        Frame,
        models.PROTECT,
        verbose_name=_("frame"),
        related_name="units",
        null=True,
        blank=True,
        help_text=_("Empty: for everybody."),
    )
    slug = models.SlugField(_("identifier"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    price = models.PositiveIntegerField(_("price (yen)"), validators=[MinValueValidator(1)])
    stock = models.PositiveIntegerField(_("number of units"))
    limit_per_person = models.PositiveIntegerField(_("limit per person (units)"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("programme", "position", "slug")
        constraints = (
            models.UniqueConstraint(fields=("programme", "slug"), name="unit_slug_unique_in_programme"),
            models.CheckConstraint(condition=Q(price__gt=0), name="unit_has_a_price"),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.frame and self.frame.programme_id != self.programme_id:
            raise ValidationError({"frame": _("This belongs to another programme.")})

    @property
    def face(self) -> int:
        """Yen that one unit is worth in all; its parts are best prefetched."""
        return sum(part.face for part in self.parts.all())

    @property
    def premium(self) -> int:
        """Yen that one unit is worth more than it costs."""
        return self.face - self.price

    def price_parts(self) -> dict[UUID, int]:
        """The yen of the price that each ticket type stands for, by its id: in proportion to the value."""
        return split(self.price, {part.ticket_type_id: part.face for part in self.parts.all()})


class UnitPart(models.Model):
    """Yen of one ticket type in one unit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, verbose_name=_("unit"), related_name="parts")
    ticket_type = models.ForeignKey(
        TicketType, models.PROTECT, verbose_name=_("ticket type"), related_name="unit_parts"
    )
    face = models.PositiveIntegerField(_("face value (yen)"), validators=[MinValueValidator(1)])

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of a unit")
        verbose_name_plural = _("parts of a unit")
        ordering = ("unit", "ticket_type")
        constraints = (
            models.UniqueConstraint(fields=("unit", "ticket_type"), name="unit_part_once_per_ticket_type"),
            models.CheckConstraint(condition=Q(face__gt=0), name="unit_part_has_value"),
        )

    def __str__(self) -> str:
        return f"{self.ticket_type} {self.face:,}"

    def clean(self) -> None:
        if self.ticket_type_id and self.unit_id and self.ticket_type.programme_id != self.unit.programme_id:
            raise ValidationError({"ticket_type": _("This belongs to another programme.")})
