"""The keys with which a shop's own software speaks for its tills."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models.merchant import Merchant
from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User


class TillKey(models.Model):
    """A key to the tills of one merchant. Only its digest is kept; `beginning` lets people tell keys apart.

    Who made it stands for what is done with it: a refund by the key is theirs.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="till_keys")
    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="till_keys")
    name = models.CharField(_("name"), max_length=60)
    beginning = models.CharField(_("begins with"), max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("made by"), related_name="+")
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("key for a till system")
        verbose_name_plural = _("keys for till systems")
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.beginning}…)"
