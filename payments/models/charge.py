"""An amount that a shop's software asks for, with a QR of its own."""

import secrets

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models import CODE_ALPHABET, Till, TillKey
from payments.models.payment import Payment
from regions.ids import new_id
from regions.models import Region, RegionQuerySet

TOKEN_LENGTH = 14


def new_token() -> str:
    """The name that a charge has in its address: it cannot be guessed, and fits EMVCo's reference label."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(TOKEN_LENGTH))


class Charge(models.Model):
    """One purchase that waits to be paid, its amount fixed. `payment` is the one that pays it, or failed to.

    Whoever pays it takes it in the payment's own transaction, by a conditional update of `payment`
    (`payments.charges`): so it is paid by one payment, however many people scan it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="charges")
    till = models.ForeignKey(Till, models.PROTECT, verbose_name=_("till"), related_name="charges")
    amount = models.PositiveIntegerField(_("amount (yen)"))
    token = models.CharField(max_length=TOKEN_LENGTH, default=new_token, unique=True, editable=False)
    made_with = models.ForeignKey(TillKey, models.PROTECT, related_name="charges")
    idempotency_key = models.CharField(max_length=255, editable=False)
    request_hash = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="charge", null=True, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("made_with", "idempotency_key"), name="charge_key_unique"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_amount_positive"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="charge_has_time"),
        )

    def __str__(self) -> str:
        return f"{self.token} {self.amount:,}"
