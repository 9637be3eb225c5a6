"""What one person asks for and another one must agree to."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models.people import User
from regions.models.region import Region, RegionQuerySet


class ApprovalState(models.TextChoices):
    OPEN = "open", _("waits for a second person")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Approval(models.Model):
    """One thing that needs four eyes: who asked for what, and who else agreed or refused.

    `subject` is the id of the row that it is about; what is done on approval is registered by the
    room that the `kind` belongs to. The database itself refuses the same person on both sides.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    kind = models.SlugField(_("kind"), max_length=40)
    subject = models.UUIDField(_("subject"))
    summary = models.CharField(_("what is asked for"), max_length=400)
    details = models.JSONField(_("details"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ApprovalState, default=ApprovalState.OPEN)
    requested_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("asked by"), related_name="+")
    requested_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("decided by"), related_name="+", null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    note = models.CharField(_("note"), max_length=400, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ("-requested_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject"), condition=Q(state=ApprovalState.OPEN), name="approval_open_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | ~Q(decided_by=F("requested_by"))
                | Q(state=ApprovalState.WITHDRAWN),
                name="approval_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state=ApprovalState.OPEN, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state=ApprovalState.OPEN) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="approval_decided_by_somebody",
            ),
        )
        triggers = (
            pgtrigger.FSM(
                name="state",
                field="state",
                transitions=[("open", "approved"), ("open", "refused"), ("open", "withdrawn")],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.summary

    @property
    def is_open(self) -> bool:
        return self.state == ApprovalState.OPEN
