"""How far the notaries' logs were read, and where the books differ from theirs."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import NotaryCluster, Region, RegionQuerySet, User


class LogCursor(models.Model):
    """How far the notary's log has been read, and the last entry of ours that was seen there.

    That entry is read again with every page: if it is gone, the notary was restored from an older copy.
    """

    cluster = models.OneToOneField(NotaryCluster, models.CASCADE, primary_key=True, related_name="cursor")
    position = models.BigIntegerField(default=0)
    last_position = models.BigIntegerField(default=0)
    last_id = models.UUIDField(null=True)
    read_at = models.DateTimeField(null=True)
    compare_after = models.DateTimeField(default=timezone.now)
    compared_at = models.DateTimeField(_("compared"), null=True)

    class Meta:
        verbose_name = _("reading of a notary's log")
        verbose_name_plural = _("readings of the notaries' logs")

    def __str__(self) -> str:
        return f"{self.cluster} {self.position}"


class DifferenceKind(models.TextChoices):
    NOT_WRITTEN = "not_written", _("decided at the notary, not written here")
    ENTRY_MISSING = "entry_missing", _("missing in a history or book")
    NOT_AT_NOTARY = "not_at_notary", _("completed here, unknown to the notary")
    NOT_REVERSED = "not_reversed", _("given back here, spent at the notary")
    UNKNOWN_PAYMENT = "unknown_payment", _("spent at the notary, unknown here")
    AMOUNT = "amount", _("amounts differ")
    ORPHAN_ENTRY = "orphan_entry", _("entry without a completed payment")


class DifferenceQuerySet(RegionQuerySet):
    def left(self) -> Self:
        """Those that are neither repaired nor settled by a person: the figure whose normal value is zero."""
        return self.filter(repaired_at__isnull=True, settled_at__isnull=True)


class Difference(models.Model):
    """One mismatch between the platform's books and the notary's: repaired by itself, or parked with a reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="differences", null=True)
    cluster = models.ForeignKey(NotaryCluster, models.PROTECT, verbose_name=_("notary"), related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=DifferenceKind)
    source = models.UUIDField(_("payment or refund"))
    ours = models.BigIntegerField(_("yen here"), null=True)
    theirs = models.BigIntegerField(_("yen at the notary"), null=True)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    repaired_at = models.DateTimeField(_("repaired"), null=True)
    parked = models.CharField(_("why it is not repaired by itself"), max_length=200, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("settled by"), related_name="+", null=True)
    settled_note = models.CharField(_("note"), max_length=400, blank=True)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ("-found_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("source", "kind"),
                condition=Q(repaired_at__isnull=True),
                name="difference_named_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source}"
