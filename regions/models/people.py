"""People who sign in, their roles in regions, and the residents on a region's list."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.ids import new_id
from regions.models.region import Region, RegionQuerySet


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, password: str | None = None, **fields: Any) -> "User":
        """Make a person who can sign in; without a password, by codes sent to e-mail or phone only."""
        if email := fields.get("email"):
            fields["email"] = self.normalize_email(email)
        user = self.model(**fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, **fields: Any) -> "User":
        return self.create_user(**{**fields, "is_operator": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by e-mail address or telephone number. Roles are per region."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail address"), null=True, blank=True, unique=True)
    phone = models.CharField(_("telephone number"), max_length=16, null=True, blank=True, unique=True)
    phone_verified = models.BooleanField(_("telephone number verified"), default=False)
    name = models.CharField(_("name"), max_length=80, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_operator = models.BooleanField(
        _("platform operator"), default=False, help_text=_("Sees every region and the platform itself.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(phone__isnull=False),
                name="user_has_email_or_phone",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email or self.phone or str(self.pk)

    def clean(self) -> None:
        # An empty form field is "none", and two nones may differ where two empty strings may not.
        self.email = self.email or None
        self.phone = self.phone or None

    @property
    def is_staff(self) -> bool:
        """Whether the person may enter an admin site at all; each site asks for its own role."""
        return self.is_operator or self.memberships.filter(role__in=(Role.SECRETARIAT, Role.SHOP)).exists()

    def get_short_name(self) -> str:
        return str(self)

    def get_full_name(self) -> str:
        return str(self)

    def has_role(self, role: "Role", region: Region) -> bool:
        return self.memberships.filter(role=role, region=region).exists()


class Role(models.TextChoices):
    RESIDENT = "resident", _("resident")
    SHOP = "shop", _("shop staff")
    SECRETARIAT = "secretariat", _("secretariat")


class Membership(models.Model):
    """One role of one person in one region."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("person"), related_name="memberships")
    region = models.ForeignKey(Region, models.CASCADE, verbose_name=_("region"), related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = (
            models.UniqueConstraint(fields=("user", "region", "role"), name="membership_once_per_region_and_role"),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.region}"


class Resident(models.Model):
    """A person on a region's list of residents, with or without a sign-in of their own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="residents")
    user = models.ForeignKey(
        User,
        models.SET_NULL,
        verbose_name=_("sign-in"),
        related_name="residencies",
        null=True,
        blank=True,
    )
    resident_no = models.CharField(_("resident number"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    kana = models.CharField(_("name in kana"), max_length=80, blank=True)
    birth_on = models.DateField(_("date of birth"), null=True, blank=True)
    postcode = models.CharField(_("postcode"), max_length=8, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone number"), max_length=16, blank=True)
    household_no = models.CharField(_("household number"), max_length=40, blank=True)
    moved_out_on = models.DateField(_("moved out on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("resident")
        verbose_name_plural = _("residents")
        ordering = ("kana", "resident_no")
        constraints = (
            models.UniqueConstraint(fields=("region", "resident_no"), name="resident_no_unique_in_region"),
            models.UniqueConstraint(fields=("region", "user"), name="resident_one_per_person_and_region"),
        )
        indexes = (
            models.Index(
                fields=("region", "household_no"), name="resident_of_household", condition=~models.Q(household_no="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.resident_no})"
