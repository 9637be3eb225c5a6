"""What the platform tells a resident."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models.people import Resident
from regions.models.region import Region, RegionQuerySet


class Message(models.Model):
    """One message in a resident's inbox, which is the source of truth; an e-mail is only a copy.

    The words are made when it is read, in the reader's language, from `kind` and `params`.
    `mail_after` is the queue of the copies: when the next attempt is due; none when nothing is left to send.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, verbose_name=_("resident"), related_name="messages")
    kind = models.SlugField(_("kind"), max_length=40)
    key = models.CharField(max_length=100, editable=False)
    params = models.JSONField(default=dict, blank=True, editable=False)
    link = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)
    read_at = models.DateTimeField(_("read"), null=True, editable=False)
    mail_after = models.DateTimeField(null=True, editable=False)
    mail_attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to a resident")
        verbose_name_plural = _("messages to residents")
        ordering = ("-created_at", "-id")
        constraints = (models.UniqueConstraint(fields=("resident", "kind", "key"), name="message_once"),)
        indexes = (
            models.Index(fields=("resident", "-created_at"), name="message_of_resident"),
            models.Index(fields=("mail_after",), name="message_to_mail", condition=Q(mail_after__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
