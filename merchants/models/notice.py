"""What the secretariat, or the platform for it, tells a business."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models.merchant import Merchant
from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User


class Notice(models.Model):
    """A notice on the portal's first page: to one merchant, or to all of a region.

    What the platform says by itself has a `key`, and is said once. `mail_after` is the queue of the e-mails.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    merchant = models.ForeignKey(
        Merchant,
        models.PROTECT,
        verbose_name=_("merchant"),
        related_name="notices",
        null=True,
        blank=True,
        help_text=_("Empty: to every merchant of the region."),
    )
    title = models.CharField(_("title"), max_length=100)
    body = models.TextField(_("text"), max_length=2000)
    link = models.CharField(max_length=200, blank=True, editable=False)
    key = models.CharField(max_length=100, null=True, editable=False)
    published_at = models.DateTimeField(_("shown from"), default=timezone.now)
    until_at = models.DateTimeField(_("shown until"), null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, editable=False)
    mail_after = models.DateTimeField(null=True, editable=False)
    mail_attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice to merchants")
        verbose_name_plural = _("notices to merchants")
        ordering = ("-published_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("merchant", "key"), name="notice_said_once"),
            models.CheckConstraint(condition=Q(key__isnull=True) | Q(merchant__isnull=False), name="notice_key_of_one"),
        )
        indexes = (models.Index(fields=("mail_after",), name="notice_to_mail", condition=Q(mail_after__isnull=False)),)

    def __str__(self) -> str:
        return self.title
