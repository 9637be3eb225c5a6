"""Orders: the units that somebody buys, what is left of each kind, and how much each person has had."""

import secrets

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet, Resident
from vouchers.checkout.port import Method
from vouchers.models.programme import Programme
from vouchers.models.unit import Unit
from vouchers.order_states import OrderStatus, allowed_moves


def new_order_number() -> str:
    """Eight digits in two groups: read out at a desk, and no hint of how many orders there are."""
    digits = f"{secrets.randbelow(10**8):08}"
    return f"{digits[:4]}-{digits[4:]}"


class StockSlice(models.Model):
    """A part of the units of one kind that are still to be had.

    The stock lies in several rows, so that people who buy at the same moment do not wait for each other.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="slices")
    slot = models.PositiveSmallIntegerField()
    units_left = models.PositiveIntegerField(_("units left"))

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = (
            models.UniqueConstraint(fields=("unit", "slot"), name="stock_slice_once_per_slot"),
            models.CheckConstraint(condition=Q(units_left__gte=0), name="stock_never_oversold"),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.slot}: {self.units_left}"


class Quota(models.Model):
    """Units and yen of the price that a person, a household, or a person of one kind of unit has taken.

    `holder` says whose it is; one conditional update on this row decides whether more may be had.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="quotas")
    holder = models.CharField(max_length=120)
    units = models.PositiveIntegerField(_("units"), default=0)
    yen = models.PositiveIntegerField(_("amount (yen)"), default=0)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("share of a limit")
        verbose_name_plural = _("shares of limits")
        constraints = (
            models.UniqueConstraint(fields=("programme", "holder"), name="quota_once_per_holder"),
            models.CheckConstraint(condition=Q(units__gte=0, yen__gte=0), name="quota_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.holder}: {self.units}"


class OrderQuerySet(RegionQuerySet):
    def newest_first(self) -> "OrderQuerySet":
        return self.order_by("-opened_at", "-id")

    def overdue(self, at: object) -> "OrderQuerySet":
        return self.filter(status=OrderStatus.PENDING, pay_by_at__lte=at)


class Order(models.Model):
    """Units of one programme that a resident is to pay for, or has paid.

    Its units are taken from stock and from the limits as long as it is neither lapsed nor cancelled.
    `amount` is yen of the price; `application_id` names the application that won them. `remind_after` is the
    queue of reminders, `pay_by_at` that of lapsing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="orders")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="orders")
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("resident"), related_name="orders")
    application_id = models.UUIDField(null=True, editable=False)
    number = models.CharField(_("order number"), max_length=9, default=new_order_number, editable=False)
    status = models.CharField(_("status"), max_length=15, choices=OrderStatus, default=OrderStatus.PENDING)
    amount = models.PositiveIntegerField(_("amount (yen)"))
    household_no = models.CharField(max_length=40, blank=True, editable=False)
    key = models.CharField(max_length=100, editable=False)
    opened_at = models.DateTimeField(_("ordered"), default=timezone.now)
    pay_by_at = models.DateTimeField(_("pay by"))
    remind_after = models.DateTimeField(null=True, editable=False)
    method = models.CharField(_("paid by"), max_length=8, choices=Method, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    issued_at = models.DateTimeField(_("issued"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-opened_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("region", "key"), name="order_key_unique_in_region"),
            models.UniqueConstraint(fields=("region", "number"), name="order_number_unique_in_region"),
            models.UniqueConstraint(fields=("application_id",), name="order_once_per_application"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="order_has_amount"),
            models.CheckConstraint(
                condition=~Q(status__in=("paid", "issued")) | Q(paid_at__isnull=False), name="order_paid_at_some_time"
            ),
        )
        indexes = (
            models.Index(fields=("pay_by_at",), name="order_to_lapse", condition=Q(status="payment_pending")),
            models.Index(fields=("remind_after",), name="order_to_remind", condition=Q(status="payment_pending")),
            models.Index(fields=("paid_at",), name="order_to_issue", condition=Q(status="paid")),
            models.Index(fields=("resident", "opened_at"), name="order_of_resident"),
        )
        triggers = (
            pgtrigger.FSM(name="order_status", field="status", transitions=allowed_moves()),
            pgtrigger.Protect(name="order_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="order_stays_as_ordered", fields=["amount", "resident", "programme", "region"]),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_pending(self) -> bool:
        return self.status == OrderStatus.PENDING


class OrderLine(models.Model):
    """So many units of one kind in an order, at the price of that moment."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, verbose_name=_("order"), related_name="lines")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+")
    units = models.PositiveIntegerField(_("units"))
    price = models.PositiveIntegerField(_("price (yen)"))

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of an order")
        verbose_name_plural = _("lines of an order")
        ordering = ("order", "unit")
        constraints = (
            models.UniqueConstraint(fields=("order", "unit"), name="order_line_once_per_unit"),
            models.CheckConstraint(condition=Q(units__gt=0), name="order_line_has_units"),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.unit} × {self.units}"

    @property
    def amount(self) -> int:
        return self.units * self.price
