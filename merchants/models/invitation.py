"""People asked by e-mail to work for a merchant in the portal."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models.merchant import MemberRole, Merchant
from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User


class Invitation(models.Model):
    """One e-mail address, one role, one use, with a signed link. `mail_after` is the queue of the e-mails."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    merchant = models.ForeignKey(Merchant, models.CASCADE, verbose_name=_("merchant"), related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=MemberRole)
    invited_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("invited by"), related_name="+", null=True)
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    mail_after = models.DateTimeField(null=True, editable=False)
    mail_attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-invited_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("merchant", "email"),
                condition=Q(accepted_at__isnull=True, cancelled_at__isnull=True),
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="invitation_ends_in_one_way",
            ),
        )
        indexes = (
            models.Index(fields=("mail_after",), name="invitation_to_mail", condition=Q(mail_after__isnull=False)),
        )

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.cancelled_at is None
