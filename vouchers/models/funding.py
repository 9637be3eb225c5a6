"""Whose money a voucher is: agreed per ticket type, fixed per voucher when it is issued."""

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet
from vouchers.models.ticket_type import TicketType
from vouchers.models.voucher import Voucher


class FundingSource(models.TextChoices):
    RESIDENT = "resident", _("resident")
    STATE = "state", _("State")
    PREFECTURE = "prefecture", _("prefecture")
    CITY = "city", _("municipality")
    OTHER = "other", _("other")


class FundingShare(models.Model):
    """How the premium, or the whole of a grant, is shared out among those who pay for it.

    Only the proportion of a ticket type's shares counts, so they may be yen of a unit's premium, per
    cent or plain parts. What residents pay is theirs; a ticket type without shares is the municipality's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    ticket_type = models.ForeignKey(
        TicketType, models.CASCADE, verbose_name=_("ticket type"), related_name="funding_shares"
    )
    source = models.CharField(
        _("source of the money"),
        max_length=10,
        choices=[choice for choice in FundingSource.choices if choice[0] != FundingSource.RESIDENT],
    )
    share = models.PositiveIntegerField(
        _("share"),
        validators=[MinValueValidator(1)],
        help_text=_("Yen of a unit's premium, per cent or parts: only the proportion counts."),
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("share of the funding")
        verbose_name_plural = _("shares of the funding")
        ordering = ("ticket_type", "source")
        constraints = (
            models.UniqueConstraint(fields=("ticket_type", "source"), name="funding_share_once_per_source"),
            models.CheckConstraint(
                condition=Q(share__gt=0) & ~Q(source=FundingSource.RESIDENT), name="funding_share_is_of_premium"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.share:,}"


class VoucherFunding(models.Model):
    """Yen of one voucher's face that came from one source; all of a voucher's rows add up to its face."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    voucher = models.ForeignKey(Voucher, models.PROTECT, verbose_name=_("voucher"), related_name="funding")
    source = models.CharField(_("source of the money"), max_length=10, choices=FundingSource)
    amount = models.PositiveIntegerField(_("amount (yen)"))

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("funding of a voucher")
        verbose_name_plural = _("funding of vouchers")
        constraints = (
            models.UniqueConstraint(fields=("voucher", "source"), name="voucher_funding_once_per_source"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="voucher_funding_has_value"),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.amount:,}"
