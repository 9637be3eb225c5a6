"""Wallets: whose the vouchers are."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet, Resident


class Wallet(models.Model):
    """A resident's vouchers in one region."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="wallets")
    resident = models.OneToOneField(Resident, models.PROTECT, verbose_name=_("resident"), related_name="wallet")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")

    def __str__(self) -> str:
        return str(self.resident)
