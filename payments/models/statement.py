"""A closed period: one statement a store, with each entry in it, never changed afterwards."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant, Store
from payments.models.settlement_rule import SettlementRule
from payments.models.store_entry import StoreEntry
from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User
from vouchers.models import Programme

NEVER_CHANGED = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Closing(models.Model):
    """That a rule's period was closed: once, by whom (nobody: by itself) and when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    rule = models.ForeignKey(SettlementRule, models.PROTECT, verbose_name=_("settlement rule"), related_name="closings")
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("to"))
    pay_on = models.DateField(_("pay day"))
    is_final = models.BooleanField(_("final period"), default=False)
    closed_at = models.DateTimeField(_("closed"), default=timezone.now)
    closed_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("by"), related_name="+", null=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("closing")
        verbose_name_plural = _("closings")
        ordering = ("-last_on", "-id")
        constraints = (
            # Each period begins where another ended, so that either of the two would do.
            models.UniqueConstraint(fields=("rule", "first_on"), name="closing_begins_once"),
            models.UniqueConstraint(fields=("rule", "last_on"), name="closing_ends_once"),
            models.CheckConstraint(condition=Q(first_on__lte=F("last_on")), name="closing_is_forward"),
        )
        triggers = (NEVER_CHANGED,)

    def __str__(self) -> str:
        return f"{self.first_on:%Y/%m/%d}-{self.last_on:%Y/%m/%d}"


class StatementQuerySet(RegionQuerySet):
    def with_transfers(self) -> Self:
        """Each with how many of its transfers are on the way, paid, and not possible."""
        counts = {
            f"transfers_{state}": Count("transfer_items", filter=Q(transfer_items__state=state))
            for state in ("open", "paid", "bounced")
        }
        return self.annotate(**counts)

    def unpaid(self) -> Self:
        """Those that are to be paid out and are in no transfer that is on the way or paid."""
        taken = Q(transfer_items__state__in=("open", "paid"))
        return self.filter(net__gt=0).exclude(pk__in=self.model.objects.filter(taken).values("pk"))


class Statement(models.Model):
    """What a store is paid for a period. All yen; `refunds` is negative or zero.

    gross + refunds − fee + carried_in = net + carried_out, and the lines add up to gross + refunds.
    `letterhead` keeps the names as they were; `content_hash` is of everything, lines included.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="statements")
    closing = models.ForeignKey(Closing, models.PROTECT, verbose_name=_("closing"), related_name="statements")
    rule = models.ForeignKey(SettlementRule, models.PROTECT, verbose_name=_("settlement rule"), related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, verbose_name=_("store"), related_name="statements")
    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="statements")
    previous = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("carried over from"), related_name="following", null=True
    )
    number = models.CharField(_("statement number"), max_length=120)
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("to"))
    pay_on = models.DateField(_("pay day"))
    gross = models.BigIntegerField(_("payments (yen)"))
    refunds = models.BigIntegerField(_("refunds (yen)"))
    fee = models.BigIntegerField(_("fee (yen)"))
    carried_in = models.BigIntegerField(_("carried over from before (yen)"))
    carried_out = models.BigIntegerField(_("carried over to the next (yen)"))
    net = models.BigIntegerField(_("paid out (yen)"))
    payments_count = models.PositiveIntegerField(_("number of payments"))
    refunds_count = models.PositiveIntegerField(_("number of refunds"))
    letterhead = models.JSONField(editable=False)
    content_hash = models.CharField(_("check number"), max_length=64)
    closed_at = models.DateTimeField(_("closed"))

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ("-last_on", "number")
        constraints = (
            models.UniqueConstraint(fields=("closing", "store"), name="statement_once_per_closing_and_store"),
            models.UniqueConstraint(fields=("region", "number"), name="statement_number_unique_in_region"),
            models.CheckConstraint(
                condition=Q(gross__gte=0, refunds__lte=0, net__gte=0), name="statement_signs_are_right"
            ),
            models.CheckConstraint(
                condition=Q(net=F("gross") + F("refunds") - F("fee") + F("carried_in") - F("carried_out")),
                name="statement_adds_up",
            ),
        )
        indexes = (
            models.Index(fields=("store", "-last_on"), name="statement_of_store"),
            models.Index(fields=("region", "pay_on"), name="statement_to_pay", condition=Q(net__gt=0)),
        )
        triggers = (NEVER_CHANGED,)

    def __str__(self) -> str:
        return self.number


class StatementLine(models.Model):
    """The part of a store's entry that belongs to one programme, on the one statement that settles it.

    The key is what makes paying twice impossible: an entry's part is on a statement, or open.
    """

    pk = models.CompositePrimaryKey("entry_id", "programme_id")
    entry = models.ForeignKey(StoreEntry, models.PROTECT, verbose_name=_("store's entry"), related_name="lines")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="+")
    statement = models.ForeignKey(Statement, models.PROTECT, verbose_name=_("statement"), related_name="lines")
    amount = models.IntegerField(_("amount (yen)"))
    at = models.DateTimeField(_("time"))
    is_late = models.BooleanField(_("of an earlier period"), default=False)
    till_name = models.CharField(_("till"), max_length=40)

    class Meta:
        verbose_name = _("line of a statement")
        verbose_name_plural = _("lines of statements")
        ordering = ("at", "entry_id", "programme_id")
        constraints = (models.CheckConstraint(condition=~Q(amount=0), name="statement_line_not_zero"),)
        triggers = (
            NEVER_CHANGED,
            # Lines are written before their statement, in its transaction; afterwards there is no way in.
            pgtrigger.Trigger(
                name="frozen",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT FROM payments_statement WHERE id = NEW.statement_id) THEN
                        RAISE EXCEPTION 'the statement is closed';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.amount:+,}"


class StatementDocument(models.Model):
    """The hash of a document of a statement as it was first handed out; another one is a row of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(Statement, models.PROTECT, verbose_name=_("statement"), related_name="documents")
    form = models.CharField(_("kind of document"), max_length=4)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        verbose_name = _("document of a statement")
        verbose_name_plural = _("documents of statements")
        ordering = ("statement", "form", "made_at")
        constraints = (models.UniqueConstraint(fields=("statement", "form", "sha256"), name="statement_document_once"),)
        triggers = (NEVER_CHANGED,)

    def __str__(self) -> str:
        return f"{self.form} {self.sha256}"


class SettlementCheck(models.Model):
    """Whether a region's settlement adds up, as last looked at: statements + open = completed − refunded, in yen."""

    region = models.OneToOneField(Region, models.CASCADE, verbose_name=_("region"), related_name="+", primary_key=True)
    checked_at = models.DateTimeField(_("time"), default=timezone.now)
    completed = models.BigIntegerField(_("completed payments (yen)"))
    refunded = models.BigIntegerField(_("refunded (yen)"))
    stated = models.BigIntegerField(_("on statements (yen)"))
    open = models.BigIntegerField(_("not yet closed (yen)"))
    wrong_count = models.PositiveIntegerField(_("stores and programmes that do not add up"))

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of the settlement")
        verbose_name_plural = _("checks of the settlement")

    def __str__(self) -> str:
        return f"{self.region} {self.difference}"

    @property
    def difference(self) -> int:
        """Yen that are missing or too many; zero is normal."""
        return self.stated + self.open - (self.completed - self.refunded)
