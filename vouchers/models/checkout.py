"""How the money for an order came in: attempts at a provider, its messages, and the desk's cash book."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User
from vouchers.checkout.port import Method
from vouchers.models.order import Order


class AttemptStanding(models.TextChoices):
    OPEN = "open", _("begun")
    WAITING = "waiting", _("number handed out")
    PAID = "paid", _("paid")
    ENDED = "ended", _("ended")


LIVE = (AttemptStanding.OPEN, AttemptStanding.WAITING)


class Attempt(models.Model):
    """One try to pay for an order at a provider. Its id is the provider's idempotency key.

    `look_after` is the queue of those whose message may have been lost, `give_back_after` that of money that
    came in for nothing. `problem` is a word for what a person has to look at.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, verbose_name=_("order"), related_name="attempts")
    method = models.CharField(_("way of paying"), max_length=8, choices=Method)
    amount = models.PositiveIntegerField(_("amount (yen)"))
    standing = models.CharField(_("status"), max_length=8, choices=AttemptStanding, default=AttemptStanding.OPEN)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    page_url = models.URLField(max_length=2000, blank=True, editable=False)
    begun_at = models.DateTimeField(_("begun"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    konbini_days = models.PositiveSmallIntegerField(default=0, editable=False)
    look_after = models.DateTimeField(null=True, editable=False)
    paid_at = models.DateTimeField(_("paid"), null=True)
    give_back_after = models.DateTimeField(null=True, editable=False)
    given_back_at = models.DateTimeField(_("given back"), null=True)
    problem = models.CharField(_("problem"), max_length=40, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt to pay")
        verbose_name_plural = _("attempts to pay")
        ordering = ("-begun_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("order",), condition=Q(standing__in=LIVE), name="attempt_one_at_a_time"),
        )
        indexes = (
            models.Index(fields=("look_after",), name="attempt_to_look_at", condition=Q(standing__in=LIVE)),
            models.Index(
                fields=("give_back_after",),
                name="attempt_to_give_back",
                condition=Q(give_back_after__isnull=False, given_back_at__isnull=True),
            ),
        )
        triggers = (
            pgtrigger.FSM(
                name="attempt_standing",
                field="standing",
                transitions=[
                    ("open", "waiting"), ("open", "paid"), ("open", "ended"),
                    ("waiting", "paid"), ("waiting", "ended"), ("ended", "paid"),
                ],
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.amount:,}"


class ProviderEvent(models.Model):
    """A message of the provider that proved to be its own, stored once. Nothing personal of it is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event_id = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=80)
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="events")
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=8, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message of the provider")
        verbose_name_plural = _("messages of the provider")
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class CashEntry(models.Model):
    """Cash over the desk: yen taken (positive) or given back (negative), by whom, for ever."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, verbose_name=_("order"), related_name="cash")
    amount = models.IntegerField(_("amount (yen)"))
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("time"), default=timezone.now)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    key = models.CharField(max_length=80, unique=True, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry in the cash book")
        verbose_name_plural = _("cash book")
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(condition=~Q(amount=0), name="cash_entry_moves_something"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.order} {self.amount:+,}"
