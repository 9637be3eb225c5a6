"""Regions, the tenants of the platform, and the notary that each uses."""

import re
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("There is no time zone of this name."))


def validate_colour(value: str) -> None:
    """Six hexadecimal digits, dark enough for white letters (4.5 : 1, WCAG 2.2)."""
    if not re.fullmatch(r"#[0-9a-f]{6}", value):
        raise ValidationError(_("A colour is written as in #1d3f8f, in small letters."))
    if 1.05 / (_luminance(value) + 0.05) < 4.5:
        raise ValidationError(_("White letters could not be read on this colour. Please choose a darker one."))


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class NotaryCluster(models.Model):
    """A double-spend notary that regions can use. Several may share one; any can be moved to its own.

    An empty address means the one that the deployment gives (`NOTARY_URL`). Secrets are never here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(_("identifier"), max_length=40, unique=True)
    url = models.URLField(_("address"), blank=True)

    class Meta:
        verbose_name = _("notary")
        verbose_name_plural = _("notaries")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug


class OutagePolicy(models.TextChoices):
    STOP = "stop", _("stop payments")
    ACCEPT = "accept", _("guarantee and go on")


class Region(models.Model):
    """A municipality on the platform: the tenant. Everything that belongs to one carries it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(_("identifier"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_kana = models.CharField(_("name in kana"), max_length=60, blank=True)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    app_name = models.CharField(_("name of the app"), max_length=40, blank=True)
    contact_name = models.CharField(_("contact"), max_length=80, default="商品券事務局")
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact telephone"), max_length=20, blank=True)
    contact_hours = models.CharField(_("contact hours"), max_length=60, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Tokyo", validators=[validate_time_zone])
    notary = models.ForeignKey(NotaryCluster, models.PROTECT, verbose_name=_("notary"), related_name="regions")
    outage_policy = models.CharField(
        _("while the notary is away"),
        max_length=8,
        choices=OutagePolicy,
        default=OutagePolicy.STOP,
    )
    # What the region guarantees at most while the notary is away; beyond it, it behaves as `stop`.
    guarantee_per_payment = models.PositiveIntegerField(_("guarantee per payment (yen)"), default=10_000)
    guarantee_per_wallet = models.PositiveIntegerField(_("guarantee per wallet (yen)"), default=20_000)
    guarantee_in_all = models.PositiveIntegerField(_("guarantee in all (yen)"), default=3_000_000)
    incident_webhook = models.URLField(
        _("webhook for incidents"),
        blank=True,
        help_text=_("JSON with `text` is posted here when an incident begins and ends."),
    )
    payment_limit = models.PositiveIntegerField(
        _("limit per payment (yen)"), default=1_000_000, validators=[MinValueValidator(1)]
    )
    code_confirm_above = models.PositiveIntegerField(
        _("the customer confirms above (yen)"),
        default=5_000,
        help_text=_("Paying with a code that the shop scans: above this amount the customer is asked on the phone."),
    )
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#1d3f8f",
        validators=[validate_colour],
        help_text=_("Of the region's stands and stickers, as in #1d3f8f. White letters stand on it."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ("slug",)
        constraints = (
            models.CheckConstraint(condition=models.Q(payment_limit__gt=0), name="region_payment_limit_positive"),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name in the reader's language."""
        english = (translation.get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class RegionQuerySet(models.QuerySet[Any]):
    """Rows that carry a region. The one way in which pages, API and admin sites select them."""

    def in_region(self, region: Region | UUID) -> Self:
        return self.filter(region=region)
