"""A programme's draw: what was sealed, when the seed came, and what came out; nothing of it ever changes."""

from datetime import datetime, timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet
from vouchers.models.programme import Programme


class DrawStatus(models.TextChoices):
    PROPOSED = "proposed", _("sealing waits for a second person")
    REFUSED = "refused", _("refused")
    SEALED = "sealed", _("list sealed, the seed is awaited")
    SEEDED = "seeded", _("seed fixed, being drawn")
    DRAWN = "drawn", _("drawn, results are being told")
    PUBLISHED = "published", _("published")


UNSEALED = (DrawStatus.PROPOSED, DrawStatus.REFUSED)
UNSEEDED = (*UNSEALED, DrawStatus.SEALED)
UNDRAWN = (*UNSEEDED, DrawStatus.SEEDED)

WRITTEN_ONCE = """
    IF (OLD.list_sha256 <> '' AND NEW.list_sha256 <> OLD.list_sha256)
        OR (OLD.sealed_at IS NOT NULL AND NEW.sealed_at IS DISTINCT FROM OLD.sealed_at)
        OR (OLD.seed <> '' AND NEW.seed <> OLD.seed)
        OR (OLD.seed_set_at IS NOT NULL AND NEW.seed_set_at IS DISTINCT FROM OLD.seed_set_at)
        OR (OLD.result_sha256 <> '' AND NEW.result_sha256 <> OLD.result_sha256)
        OR (OLD.drawn_at IS NOT NULL AND NEW.drawn_at IS DISTINCT FROM OLD.drawn_at)
        OR NEW.programme_id <> OLD.programme_id
        OR NEW.seed_source <> OLD.seed_source
        OR NEW.seed_from_at <> OLD.seed_from_at
    THEN
        RAISE EXCEPTION 'what a draw has written stays as it is';
    END IF;
    RETURN NEW;
"""


class Draw(models.Model):
    """The lottery of a programme, from the sealed list to the last result told.

    `seed_source` says in words which public number will be the seed; `seed_from_at` is the first moment at which
    it can be known, after the sealing. `proposed_seed` is what one person typed and another one has not agreed to
    yet. `code_version` is the SHA-256 of the script that people download. Hashes are hexadecimal.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="draws")
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="draws")
    status = models.CharField(_("status"), max_length=9, choices=DrawStatus, default=DrawStatus.PROPOSED)
    seed_source = models.CharField(_("public number that will be the seed"), max_length=200)
    seed_from_at = models.DateTimeField(_("known from"))
    code_version = models.CharField(_("SHA-256 of the script"), max_length=64, blank=True)
    list_sha256 = models.CharField(_("SHA-256 of the list"), max_length=64, blank=True)
    applications_count = models.PositiveIntegerField(_("applications"), default=0)
    sealed_at = models.DateTimeField(_("sealed"), null=True)
    proposed_seed = models.CharField(_("seed that waits for a second person"), max_length=100, blank=True)
    seed = models.CharField(_("seed"), max_length=100, blank=True)
    seed_set_at = models.DateTimeField(_("seed fixed"), null=True)
    result_sha256 = models.CharField(_("SHA-256 of the result"), max_length=64, blank=True)
    drawn_at = models.DateTimeField(_("drawn"), null=True)
    pay_by_at = models.DateTimeField(_("winners pay by"), null=True)
    published_at = models.DateTimeField(_("published"), null=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("programme",), condition=~Q(status=DrawStatus.REFUSED), name="draw_once_per_programme"
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNSEALED, sealed_at__isnull=True, list_sha256="")
                | (~Q(status__in=UNSEALED) & Q(sealed_at__lt=F("seed_from_at")) & ~Q(list_sha256="")),
                name="draw_sealed_before_the_seed_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNSEEDED, seed_set_at__isnull=True, seed="")
                | (~Q(status__in=UNSEEDED) & Q(seed_set_at__gte=F("seed_from_at")) & ~Q(seed="")),
                name="draw_seeded_when_the_seed_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNDRAWN, drawn_at__isnull=True, result_sha256="")
                | (~Q(status__in=UNDRAWN) & Q(drawn_at__gte=F("seed_set_at")) & ~Q(result_sha256="")),
                name="draw_drawn_after_the_seed",
            ),
        )
        indexes = (
            models.Index(
                fields=("status",),
                name="draw_under_way",
                condition=Q(status__in=(DrawStatus.SEEDED, DrawStatus.DRAWN)),
            ),
        )
        triggers = (
            pgtrigger.FSM(
                name="draw_status",
                field="status",
                transitions=[
                    (DrawStatus.PROPOSED, DrawStatus.SEALED),
                    (DrawStatus.PROPOSED, DrawStatus.REFUSED),
                    (DrawStatus.SEALED, DrawStatus.SEEDED),
                    (DrawStatus.SEEDED, DrawStatus.DRAWN),
                    (DrawStatus.DRAWN, DrawStatus.PUBLISHED),
                ],
            ),
            pgtrigger.Trigger(
                name="draw_written_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=WRITTEN_ONCE
            ),
            pgtrigger.Protect(name="draw_never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return str(self.programme)

    @property
    def is_sealed(self) -> bool:
        return self.status not in UNSEALED

    @property
    def last_to_pay_at(self) -> datetime | None:
        """The last moment of the last day on which winners can pay."""
        return self.pay_by_at - timedelta(microseconds=1) if self.pay_by_at else None

    @property
    def is_drawn(self) -> bool:
        return self.status not in UNDRAWN


class DrawFileKind(models.TextChoices):
    LIST = "list", _("sealed list")
    SCRIPT = "script", _("script")
    RESULT = "result", _("result")


class DrawFile(models.Model):
    """One file of a draw, byte for byte as it was hashed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    draw = models.ForeignKey(Draw, models.PROTECT, verbose_name=_("draw"), related_name="files")
    kind = models.CharField(_("kind"), max_length=6, choices=DrawFileKind)
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a draw")
        verbose_name_plural = _("files of draws")
        constraints = (models.UniqueConstraint(fields=("draw", "kind"), name="draw_file_once"),)
        triggers = (pgtrigger.Protect(name="draw_file_append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.draw} {self.kind}"
