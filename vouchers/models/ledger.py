"""The ledger, which explains every yen of every voucher."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet
from vouchers.models.voucher import Voucher


class EntryKind(models.TextChoices):
    ISSUE = "issue", _("issued")
    SPEND = "spend", _("spent")
    REFUND = "refund", _("refunded")
    REVERSAL = "reversal", _("taken back")
    EXPIRE = "expire", _("expired")
    STOP = "stop", _("taken back by the office")


class LedgerQuerySet(RegionQuerySet):
    def balance(self) -> int:
        total: dict[str, Any] = self.aggregate(total=Sum("amount"))
        return total["total"] or 0


class LedgerEntry(models.Model):
    """One movement of a voucher's value, for ever: a correction is a new entry.

    `amount` is signed yen. The entries of a voucher add up to face − spent − expired at any time.
    `source` is the id of what moved it (payment, refund; the voucher itself when issued or expired),
    and a source moves a voucher once in each way, so writing twice is impossible.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    voucher = models.ForeignKey(Voucher, models.PROTECT, verbose_name=_("voucher"), related_name="entries")
    kind = models.CharField(_("kind"), max_length=8, choices=EntryKind)
    amount = models.IntegerField(_("amount (yen)"))
    source = models.UUIDField(_("source"))
    at = models.DateTimeField(_("time"))
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("source", "voucher", "kind"), name="ledger_source_moves_a_voucher_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_amount_not_zero"),
        )
        indexes = (models.Index(fields=("voucher", "at"), name="ledger_of_voucher"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:+,}"
