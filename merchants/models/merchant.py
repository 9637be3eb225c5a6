"""The businesses that are paid out, and the people who work for them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models import Region, RegionQuerySet, User


class HeadOfficePlace(models.TextChoices):
    """Where the head office of a business is, seen from the region."""

    CITY = "city", _("in the city")
    PREFECTURE = "prefecture", _("elsewhere in the prefecture")
    ELSEWHERE = "elsewhere", _("in another prefecture")


class Merchant(models.Model):
    """The business that is paid out."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="merchants")
    name = models.CharField(_("name"), max_length=100)
    kana = models.CharField(_("name in kana"), max_length=100, blank=True)
    representative = models.CharField(_("representative"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=8, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    head_office = models.CharField(_("head office"), max_length=10, choices=HeadOfficePlace, blank=True)
    capital = models.PositiveBigIntegerField(_("capital (yen)"), null=True, blank=True)
    invoice_number = models.CharField(_("invoice number"), max_length=14, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=80, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact telephone"), max_length=20, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("region", "name"), name="merchant_name_unique_in_region"),)

    def __str__(self) -> str:
        return self.name


class MemberRole(models.TextChoices):
    """What a person does there: an owner everything, a clerk today's payments, a bookkeeper all that is about money."""

    OWNER = "owner", _("owner")
    CLERK = "clerk", _("clerk")
    BOOKKEEPER = "bookkeeper", _("bookkeeper")


class MerchantMember(models.Model):
    """A person who works for a merchant and sees its stores in the portal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, verbose_name=_("merchant"), related_name="members")
    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("person"), related_name="merchant_memberships")
    role = models.CharField(_("role"), max_length=10, choices=MemberRole, default=MemberRole.OWNER)

    class Meta:
        verbose_name = _("merchant's staff")
        verbose_name_plural = _("merchant's staff")
        constraints = (
            models.UniqueConstraint(fields=("merchant", "user"), name="merchant_member_once"),
            models.CheckConstraint(condition=Q(role__in=MemberRole.values), name="merchant_member_role_known"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.merchant}"
