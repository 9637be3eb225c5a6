"""Statements paid out by the bank: who pays, runs and their transfers, files handed out, results taken in."""

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models import BankAccount, Merchant
from payments.models.statement import NEVER_CHANGED, Statement
from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User


class AccountKind(models.TextChoices):
    ORDINARY = "1", _("ordinary account")
    CURRENT = "2", _("current account")
    SAVINGS = "4", _("savings account")
    OTHER = "9", _("another kind of account")


class PayerAccount(models.Model):
    """The account that a region pays from, and what its bank wants of a transfer file beyond the common format."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="payer_accounts")
    name = models.CharField(_("name"), max_length=60, help_text=_("How the office calls it."))
    client_code = models.CharField(
        _("client code"), max_length=10, validators=[RegexValidator(r"^\d{10}$", _("Ten digits."))]
    )
    client_name = models.CharField(_("client name in kana"), max_length=40)
    bank_code = models.CharField(_("bank code"), max_length=4, validators=[RegexValidator(r"^\d{4}$")])
    bank_kana = models.CharField(_("bank in kana"), max_length=15)
    branch_code = models.CharField(_("branch code"), max_length=3, validators=[RegexValidator(r"^\d{3}$")])
    branch_kana = models.CharField(_("branch in kana"), max_length=15)
    kind = models.CharField(_("kind of account"), max_length=1, choices=AccountKind, default=AccountKind.ORDINARY)
    account_number = models.CharField(_("account number"), max_length=7, validators=[RegexValidator(r"^\d{7}$")])
    has_line_ends = models.BooleanField(_("CR LF after each record"), default=True)
    has_end_mark = models.BooleanField(_("end-of-file mark (1A)"), default=False)
    has_clearing_zeros = models.BooleanField(_("clearing house as zeros, else as spaces"), default=True)
    has_edi = models.BooleanField(_("reference as EDI information, else as customer codes"), default=False)
    new_code = models.CharField(_("new code"), max_length=1, choices=[("0", "0"), ("1", "1"), ("2", "2")], default="0")
    delivery = models.CharField(
        _("way of transfer"),
        max_length=1,
        choices=[("7", _("7 (by wire)")), ("8", _("8 (by document)")), ("", _("a space"))],
        default="7",
        blank=True,
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("account that is paid from")
        verbose_name_plural = _("accounts that are paid from")
        ordering = ("region", "name")

    def __str__(self) -> str:
        return self.name


class RunState(models.TextChoices):
    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    DOWNLOADED = "downloaded", _("handed out")
    REPORTED = "reported", _("answered by the bank")
    DISCARDED = "discarded", _("discarded")


class TransferRun(models.Model):
    """What is paid on one day by one file. Its transfers never change; `sha256` is that of the file.

    `payer_copy` keeps the payer's account and the bank's wishes as they were, so that the file can be made again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="transfer_runs")
    payer = models.ForeignKey(PayerAccount, models.PROTECT, verbose_name=_("account that is paid from"))
    payer_copy = models.JSONField(editable=False)
    pay_on = models.DateField(_("pay day"))
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.DRAFT)
    count = models.PositiveIntegerField(_("number of transfers"))
    total = models.BigIntegerField(_("sum (yen)"))
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("made by"), related_name="+")
    approved_at = models.DateTimeField(_("approved"), null=True)
    approved_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("approved by"), related_name="+", null=True)
    reported_at = models.DateTimeField(_("answered"), null=True)
    discarded_at = models.DateTimeField(_("discarded"), null=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer run")
        verbose_name_plural = _("transfer runs")
        ordering = ("-pay_on", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(count__gt=0, total__gt=0), name="transfer_run_not_empty"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("made_by")),
                name="transfer_run_by_two_people",
            ),
        )
        triggers = (
            pgtrigger.FSM(
                name="state",
                field="state",
                transitions=[
                    ("draft", "approved"),
                    ("draft", "discarded"),
                    ("approved", "downloaded"),
                    ("approved", "discarded"),
                    ("downloaded", "reported"),
                ],
            ),
            pgtrigger.ReadOnly(
                name="frozen",
                exclude=["state", "approved_at", "approved_by", "reported_at", "discarded_at"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.pay_on:%Y/%m/%d} {self.total:,}"


class TransferState(models.TextChoices):
    OPEN = "open", _("on the way")
    PAID = "paid", _("paid into the account")
    BOUNCED = "bounced", _("could not be paid")
    RELEASED = "released", _("taken back")


class Transfer(models.Model):
    """One line of the bank's file: a merchant's statements in one sum, to the account as it was then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    run = models.ForeignKey(TransferRun, models.PROTECT, verbose_name=_("transfer run"), related_name="transfers")
    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="transfers")
    account = models.ForeignKey(BankAccount, models.PROTECT, verbose_name=_("bank account"), related_name="+")
    position = models.PositiveIntegerField(_("position in the file"))
    amount = models.BigIntegerField(_("amount (yen)"))
    bank_code = models.CharField(_("bank code"), max_length=4)
    bank_kana = models.CharField(_("bank in kana"), max_length=15)
    branch_code = models.CharField(_("branch code"), max_length=3)
    branch_kana = models.CharField(_("branch in kana"), max_length=15)
    kind = models.CharField(_("kind of account"), max_length=1, choices=AccountKind)
    account_number = models.CharField(_("account number"), max_length=7)
    holder_kana = models.CharField(_("account holder in kana"), max_length=30)
    state = models.CharField(_("state"), max_length=8, choices=TransferState, default=TransferState.OPEN)
    result = models.CharField(_("the bank's answer"), max_length=1, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ("run", "position")
        constraints = (
            models.UniqueConstraint(fields=("run", "position"), name="transfer_position_once_in_run"),
            models.UniqueConstraint(fields=("run", "merchant"), name="transfer_merchant_once_in_run"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
        )
        triggers = (
            pgtrigger.FSM(
                name="state",
                field="state",
                transitions=[("open", "paid"), ("open", "bounced"), ("open", "released")],
            ),
            pgtrigger.ReadOnly(name="frozen", exclude=["state", "result"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.amount:,}"

    @property
    def number(self) -> str:
        """The transfer's number in the office's own lists: of its run and its position."""
        return f"{self.run_id.hex[-8:].upper()}-{self.position:06}"

    @property
    def masked_number(self) -> str:
        """The account number for people who only look."""
        return f"••••{self.account_number[-3:]}"


class TransferItem(models.Model):
    """A statement in a transfer. While the transfer is on the way or paid, the statement is in no other."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    transfer = models.ForeignKey(Transfer, models.PROTECT, verbose_name=_("transfer"), related_name="items")
    statement = models.ForeignKey(Statement, models.PROTECT, verbose_name=_("statement"), related_name="transfer_items")
    state = models.CharField(_("state"), max_length=8, choices=TransferState, default=TransferState.OPEN)

    class Meta:
        verbose_name = _("statement in a transfer")
        verbose_name_plural = _("statements in transfers")
        constraints = (
            models.UniqueConstraint(
                fields=("statement",),
                condition=Q(state__in=(TransferState.OPEN, TransferState.PAID)),
                name="statement_paid_once",
            ),
        )
        triggers = (
            pgtrigger.FSM(
                name="state",
                field="state",
                transitions=[("open", "paid"), ("open", "bounced"), ("open", "released")],
            ),
            pgtrigger.ReadOnly(name="frozen", exclude=["state"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.statement_id} {self.state}"


class FileDownload(models.Model):
    """That a run's file was handed out, to whom and when; every time after the first says why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    run = models.ForeignKey(TransferRun, models.PROTECT, verbose_name=_("transfer run"), related_name="downloads")
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("time"), default=timezone.now)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("file handed out")
        verbose_name_plural = _("files handed out")
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("run",), condition=Q(reason=""), name="file_handed_out_once_without_a_reason"
            ),
        )
        triggers = (NEVER_CHANGED,)

    def __str__(self) -> str:
        return f"{self.at:%Y/%m/%d %H:%M} {self.by}"


class ResultFile(models.Model):
    """A bank's answer to a run as it was taken in: one a run."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    run = models.OneToOneField(TransferRun, models.PROTECT, verbose_name=_("transfer run"), related_name="result_file")
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    taken_at = models.DateTimeField(_("time"), default=timezone.now)
    taken_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("by"), related_name="+")
    paid_count = models.PositiveIntegerField(_("number paid"))
    bounced_count = models.PositiveIntegerField(_("number not paid"))

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of a transfer run")
        verbose_name_plural = _("results of transfer runs")
        constraints = (models.UniqueConstraint(fields=("region", "sha256"), name="result_file_taken_once"),)
        triggers = (NEVER_CHANGED,)

    def __str__(self) -> str:
        return self.sha256[:12]
