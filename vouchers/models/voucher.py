"""Vouchers: value in wallets, and what of it is held, spent and expired."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet
from vouchers.models.ticket_type import TicketType
from vouchers.models.wallet import Wallet


class VoucherQuerySet(RegionQuerySet):
    def spendable(self, *, at: datetime) -> Self:
        """Those a payment may draw on: known to the notary, in their period, with something left."""
        return self.filter(
            usable_from_at__lte=at,
            expires_at__gt=at,
            registered_at__isnull=False,
            face__gt=F("spent") + F("held") + F("expired"),
        )

    def with_value(self, *, at: datetime) -> Self:
        """Those a person still has: unexpired, with something left or held."""
        return self.filter(expires_at__gt=at, face__gt=F("spent") + F("expired"))

    def in_spending_order(self) -> Self:
        """Earliest expiry first, then the most restricted, then the larger; the id settles ties."""
        return self.order_by("expires_at", "-ticket_type__restriction", F("spent") + F("held") - F("face"), "id")

    def with_ticket_type(self) -> Self:
        return self.select_related("ticket_type")

    def sums(self) -> dict[str, int]:
        """Face, held, spent and expired of all of them together, in yen."""
        totals = self.aggregate(*(Sum(name) for name in ("face", "held", "spent", "expired")))
        return {name.removesuffix("__sum"): total or 0 for name, total in totals.items()}


class Voucher(models.Model):
    """Value of one ticket type in one wallet, in yen: face = spent + held + expired + available.

    It can be spent once the notary knows it (`registered_at`); until then `register_after` says
    when somebody will tell the notary.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="vouchers")
    wallet = models.ForeignKey(Wallet, models.PROTECT, verbose_name=_("wallet"), related_name="vouchers")
    ticket_type = models.ForeignKey(TicketType, models.PROTECT, verbose_name=_("ticket type"), related_name="vouchers")
    face = models.PositiveIntegerField(_("face value (yen)"))
    held = models.PositiveIntegerField(_("held (yen)"), default=0)
    spent = models.PositiveIntegerField(_("spent (yen)"), default=0)
    expired = models.PositiveIntegerField(_("expired (yen)"), default=0)
    usable_from_at = models.DateTimeField(_("usable from"))
    expires_at = models.DateTimeField(_("expires"))
    first_expires_at = models.DateTimeField(
        _("first expiry"), null=True, editable=False, help_text=_("Before days of grace for refunds began.")
    )
    issued_at = models.DateTimeField(_("issued"), default=timezone.now, editable=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    issue_key = models.CharField(max_length=64, null=True, editable=False)
    stopped_at = models.DateTimeField(_("stopped by the office"), null=True, editable=False)
    registered_at = models.DateTimeField(_("known to the notary since"), null=True, editable=False)
    register_after = models.DateTimeField(null=True, default=timezone.now, editable=False)
    close_after = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at the notary"), null=True, editable=False)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        ordering = ("expires_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(held__gte=0, spent__gte=0, expired__gte=0), name="voucher_nothing_negative"
            ),
            models.CheckConstraint(
                condition=Q(face__gte=F("held") + F("spent") + F("expired")), name="voucher_never_overdrawn"
            ),
            models.CheckConstraint(condition=Q(face__gt=0), name="voucher_has_value"),
            # A line of a list or of an order is issued once, however often it is handed in.
            models.UniqueConstraint(fields=("region", "issue_key"), name="voucher_issued_once"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("usable_from_at")), name="voucher_use_period_is_forward"
            ),
        )
        indexes = (
            models.Index(fields=("wallet", "expires_at"), name="voucher_of_wallet"),
            models.Index(
                fields=("register_after",),
                name="voucher_to_register",
                condition=Q(registered_at__isnull=True),
            ),
            models.Index(
                fields=("close_after",),
                name="voucher_to_close",
                condition=Q(close_after__isnull=False, closed_at__isnull=True),
            ),
            # What the expiry sweep looks for; a voucher leaves it when its remainder has expired.
            models.Index(
                fields=("expires_at",),
                name="voucher_to_expire",
                condition=Q(face__gt=F("spent") + F("expired")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.ticket_type} {self.face:,}"

    @property
    def available(self) -> int:
        """Yen that a payment could still draw, expiry apart."""
        return self.face - self.spent - self.held - self.expired
