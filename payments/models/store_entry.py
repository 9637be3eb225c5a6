"""The shop's side of the books."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models import Store
from payments.models.payment import Payment
from regions.ids import new_id
from regions.models import Region, RegionQuerySet


class StoreEntryKind(models.TextChoices):
    PAYMENT = "payment", _("payment")
    REFUND = "refund", _("refund")


class StoreEntry(models.Model):
    """What the region owes a store, entry by entry, for ever: settlement pays these and nothing else.

    `amount` is signed yen; `source` is the payment's or the refund's id and enters once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, verbose_name=_("store"), related_name="entries")
    payment = models.ForeignKey(Payment, models.PROTECT, verbose_name=_("payment"), related_name="store_entries")
    kind = models.CharField(_("kind"), max_length=8, choices=StoreEntryKind)
    amount = models.IntegerField(_("amount (yen)"))
    source = models.UUIDField(_("source"), unique=True)
    at = models.DateTimeField(_("time"))
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("store's entry")
        verbose_name_plural = _("store's entries")
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(condition=~Q(amount=0), name="store_entry_amount_not_zero"),)
        indexes = (models.Index(fields=("store", "-at"), name="store_entry_of_store"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.amount:+,}"
