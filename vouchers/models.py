"""Value: programmes and their ticket types, wallets, vouchers, and the ledger that explains every yen."""

from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet, Resident


class ProgrammeStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    CLOSED = "closed", _("closed")


class Programme(models.Model):
    """A scheme of a region that issues vouchers, with the period in which they can be used."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="programmes")
    slug = models.SlugField(_("identifier"), max_length=60)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    issuer = models.CharField(_("issuer"), max_length=100, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=ProgrammeStatus, default=ProgrammeStatus.PUBLISHED)
    use_from_at = models.DateTimeField(_("usable from"))
    use_until_at = models.DateTimeField(_("usable until"))
    limit_per_person = models.PositiveIntegerField(_("limit per person (yen)"), null=True, blank=True)
    refund_grace_days = models.PositiveSmallIntegerField(
        _("days of grace for refunds"),
        default=0,
        validators=[MaxValueValidator(180)],
        help_text=_("Value refunded after the expiry can be used for so many days after it; 0: it has expired."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ("-use_from_at", "slug")
        constraints = (
            models.UniqueConstraint(fields=("region", "slug"), name="programme_slug_unique_in_region"),
            models.CheckConstraint(
                condition=Q(use_until_at__gt=F("use_from_at")), name="programme_use_period_is_forward"
            ),
        )

    def __str__(self) -> str:
        return self.name


class TicketKind(models.TextChoices):
    COMMON = "common", _("common ticket")
    LOCAL = "local", _("small-shop ticket")
    SUPPORT = "support", _("support ticket")


class TicketType(models.Model):
    """Where its vouchers are good, for how long, and what a unit costs and is worth.

    The premium is the difference of two integers, never a rate: 5,000 → 5,500 yen is what a city publishes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="ticket_types")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="ticket_types")
    slug = models.SlugField(_("identifier"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=TicketKind, default=TicketKind.COMMON)
    price = models.PositiveIntegerField(_("price of a unit (yen)"), null=True, blank=True)
    face = models.PositiveIntegerField(_("face value of a unit (yen)"), null=True, blank=True)
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
            models.CheckConstraint(
                condition=Q(price__isnull=True, face__isnull=True) | Q(face__gte=F("price"), face__gt=0),
                name="ticket_type_face_covers_price",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def display_name(self) -> str:
        """The name in the reader's language."""
        english = (translation.get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name

    @property
    def premium(self) -> int | None:
        """Yen that a unit is worth more than it costs; none for what is granted and not sold."""
        return None if self.face is None or self.price is None else self.face - self.price

    @property
    def good_from_at(self) -> datetime:
        return self.use_from_at or self.programme.use_from_at

    @property
    def good_until_at(self) -> datetime:
        return self.use_until_at or self.programme.use_until_at


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
    grant_key = models.CharField(max_length=64, null=True, editable=False)
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
            # A line of a list of grants is granted once, however often the file is handed in.
            models.UniqueConstraint(fields=("region", "grant_key"), name="voucher_granted_once"),
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


class EntryKind(models.TextChoices):
    ISSUE = "issue", _("issued")
    SPEND = "spend", _("spent")
    REFUND = "refund", _("refunded")
    REVERSAL = "reversal", _("taken back")
    EXPIRE = "expire", _("expired")


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
