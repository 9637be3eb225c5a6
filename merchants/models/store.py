"""Shops, what they take, and their tills."""

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from merchants.models.merchant import Merchant
from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User
from vouchers.models import TicketType

# No 0/O, 1/I/L: a code is read aloud across a counter and typed by hand.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def new_till_code() -> str:
    """A random code of 8 characters; it is printed, so it says nothing and cannot be counted up."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class SizeClass(models.TextChoices):
    SMALL = "small", _("small shop")
    LARGE = "large", _("large shop")


class StoreQuerySet(RegionQuerySet):
    def open(self) -> "StoreQuerySet":
        return self.filter(is_active=True)

    def of_user(self, user: User) -> "StoreQuerySet":
        """The stores of the merchants that the person works for."""
        return self.filter(merchant__members__user=user)


class Store(models.Model):
    """A shop: what it is, how large, and which ticket types it takes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="stores")
    merchant = models.ForeignKey(Merchant, models.PROTECT, verbose_name=_("merchant"), related_name="stores")
    store_no = models.CharField(_("store number"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    kana = models.CharField(_("name in kana"), max_length=100, blank=True)
    category = models.CharField(_("category"), max_length=40, blank=True)
    size_class = models.CharField(_("size"), max_length=5, choices=SizeClass, default=SizeClass.SMALL)
    floor_area = models.PositiveIntegerField(_("floor area (m²)"), null=True, blank=True)
    in_large_store = models.BooleanField(_("inside a large store or shopping centre"), default=False)
    building = models.CharField(_("building"), max_length=100, blank=True)
    postcode = models.CharField(_("postcode"), max_length=8, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    takes_app = models.BooleanField(_("takes payments by app"), default=True)
    takes_card = models.BooleanField(_("takes payments by card"), default=False)
    takes_paper = models.BooleanField(_("takes paper vouchers"), default=False)
    ticket_types = models.ManyToManyField(
        TicketType, verbose_name=_("ticket types it takes"), related_name="stores", blank=True
    )
    is_active = models.BooleanField(_("takes payments"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = StoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ("kana", "name")
        constraints = (models.UniqueConstraint(fields=("region", "store_no"), name="store_no_unique_in_region"),)

    def __str__(self) -> str:
        return self.name


class Till(models.Model):
    """A counter with its own code and QR, so that a shop can tell its counters apart."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="tills")
    store = models.ForeignKey(Store, models.PROTECT, verbose_name=_("store"), related_name="tills")
    code = models.CharField(_("code"), max_length=12, default=new_till_code, unique=True)
    name = models.CharField(_("name"), max_length=40)
    is_active = models.BooleanField(_("takes payments"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("till")
        verbose_name_plural = _("tills")
        ordering = ("store", "name")
        constraints = (models.UniqueConstraint(fields=("store", "name"), name="till_name_unique_in_store"),)

    def __str__(self) -> str:
        return f"{self.store} {self.name}"
