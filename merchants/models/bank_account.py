"""Where a business is paid: its accounts, one after the other, and what keeps money from one."""

from datetime import datetime
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.banking.numbers import masked
from merchants.models.merchant import Merchant
from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User


class AccountKind(models.IntegerChoices):
    """The banks' own numbers for kinds of account (預金種目)."""

    ORDINARY = 1, _("ordinary account")
    CURRENT = 2, _("current account")
    SAVINGS = 4, _("savings account")


class AccountEnd(models.TextChoices):
    """Why an account that was asked for never came into force."""

    REFUSED = "refused", _("refused by the secretariat")
    STOPPED = "stopped", _("stopped")


class BankAccountQuerySet(RegionQuerySet):
    def in_force(self, *, at: datetime) -> Self:
        """Those that have come into force by then; of one merchant the last of them is the one that is paid."""
        return self.filter(effective_at__lte=at, ended_at__isnull=True)

    def coming(self, *, at: datetime) -> Self:
        """Those that are asked for or agreed to, and not in force yet."""
        return self.filter(Q(effective_at__isnull=True) | Q(effective_at__gt=at), ended_at__isnull=True)


class BankAccount(models.Model):
    """An account that a business asked to be paid to. What was asked for never changes; a change is a new row.

    `effective_at` is set when a second person agrees. An account is paid from then until a later one of
    the same merchant comes into force. One that is stopped or refused before has `ended_at`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="bank_accounts")
    bank_code = models.CharField(_("bank code"), max_length=4)
    bank_name = models.CharField(_("bank"), max_length=60)
    bank_kana = models.CharField(_("bank in kana"), max_length=15)
    branch_code = models.CharField(_("branch code"), max_length=3)
    branch_name = models.CharField(_("branch"), max_length=60)
    branch_kana = models.CharField(_("branch in kana"), max_length=15)
    kind = models.PositiveSmallIntegerField(_("kind of account"), choices=AccountKind, default=AccountKind.ORDINARY)
    number = models.CharField(_("account number"), max_length=7)
    holder_kana = models.CharField(_("account holder in kana"), max_length=30)
    requested_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("asked by"), related_name="+")
    requested_at = models.DateTimeField(_("asked"), default=timezone.now)
    effective_at = models.DateTimeField(_("in force from"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end = models.CharField(_("why it ended"), max_length=8, choices=AccountEnd, blank=True)
    end_reason = models.CharField(_("reason"), max_length=400, blank=True)

    objects = BankAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ("-requested_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("merchant",),
                condition=Q(effective_at__isnull=True, ended_at__isnull=True),
                name="bank_account_asked_for_once",
            ),
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9]{7}$"), name="bank_account_number_of_7_digits"),
            models.CheckConstraint(
                condition=Q(bank_code__regex=r"^[0-9]{4}$", branch_code__regex=r"^[0-9]{3}$"),
                name="bank_account_codes_are_digits",
            ),
            models.CheckConstraint(condition=Q(kind__in=AccountKind.values), name="bank_account_kind_known"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="bank_account_end_has_a_reason",
            ),
        )
        triggers = (
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="asked_for_stays",
                fields=[
                    *("region", "merchant", "bank_code", "bank_name", "bank_kana", "branch_code", "branch_name"),
                    *("branch_kana", "kind", "number", "holder_kana", "requested_by", "requested_at"),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.bank_name} {self.branch_name} {self.get_kind_display()} {self.masked_number}"

    @property
    def masked_number(self) -> str:
        return masked(self.number)

    def is_same_account(self, other: "BankAccount") -> bool:
        """Whether money sent to either arrives at the same place, however the holder is spelt."""
        return self._place == other._place

    @property
    def _place(self) -> tuple[str, str, int, str]:
        return self.bank_code, self.branch_code, self.kind, self.number


class AccountHold(models.Model):
    """Money is kept from an account, because a transfer to it came back. It ends with another account, or released."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    account = models.ForeignKey(BankAccount, models.PROTECT, verbose_name=_("bank account"), related_name="holds")
    reason = models.CharField(_("reason"), max_length=400)
    held_at = models.DateTimeField(_("held"), default=timezone.now)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    released_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("by"), related_name="+", null=True, blank=True)
    release_reason = models.CharField(_("reason of the release"), max_length=400, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold on an account")
        verbose_name_plural = _("holds on accounts")
        ordering = ("-held_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("account",), condition=Q(released_at__isnull=True), name="account_held_once"
            ),
        )
        triggers = (pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return self.reason
