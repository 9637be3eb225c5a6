"""The one-time code that a customer shows, and the wrong codes that a till has tried."""

from allauth.usersessions.models import UserSession
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models import Till
from payments.models.payment import Payment
from regions.ids import new_id
from regions.models import Region, RegionQuerySet
from vouchers.models import Wallet


class PayCode(models.Model):
    """A code of ten digits for one payment within a minute. Only its digest is kept, and it ends with its sign-in.

    A shop that takes it either pays with it (`payment`), or, above the region's limit, asks the customer
    (`asked_at`), who says yes (`payment`) or no (`refused_at`) until `answer_until`. Each step is one
    conditional update, so that of two tills one has it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="pay_codes")
    wallet = models.ForeignKey(Wallet, models.PROTECT, verbose_name=_("wallet"), related_name="pay_codes")
    device = models.ForeignKey(UserSession, models.SET_NULL, null=True, editable=False, related_name="+")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    till = models.ForeignKey(Till, models.PROTECT, related_name="pay_codes", null=True)
    amount = models.PositiveIntegerField(null=True)
    asked_at = models.DateTimeField(null=True)
    answer_until = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="pay_code", null=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment code")
        verbose_name_plural = _("payment codes")
        ordering = ("-issued_at",)
        constraints = (
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="pay_code_has_time"),
            models.CheckConstraint(
                condition=Q(used_at=None, payment=None) | Q(used_at__isnull=False, payment__isnull=False),
                name="pay_code_used_by_a_payment",
            ),
            models.CheckConstraint(condition=Q(used_at=None) | Q(refused_at=None), name="pay_code_not_used_if_refused"),
        )
        indexes = (models.Index(fields=("expires_at",), name="pay_code_unused", condition=Q(payment=None)),)

    def __str__(self) -> str:
        return f"{self.issued_at:%H:%M:%S}"


class CodeGuesses(models.Model):
    """How many wrong codes a till has tried since when: written before each look, so that none is free."""

    till = models.OneToOneField(Till, models.CASCADE, primary_key=True, related_name="code_guesses")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    wrong = models.PositiveIntegerField()

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("wrong codes at a till")
        verbose_name_plural = _("wrong codes at tills")

    def __str__(self) -> str:
        return f"{self.till_id} {self.wrong}"
