"""Regions, people and residents at the secretariat's site, and who changed what there."""

from typing import Any

import jaconv
from django.contrib.admin.models import LogEntry
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from regions.admin_base import (
    NOBODY,
    OFFICE,
    OPERATORS,
    RegionScopedAdmin,
    ScopedAdmin,
    ScopedTabularInline,
    Standing,
    display,
)
from regions.admin_forms import GUARANTEES, GuaranteeForm, changes_of
from regions.approval_pages import ApprovalAdmin, decide_panel, open_approvals_panel
from regions.dashboard import residents_panel
from regions.models import Approval, Membership, NotaryCluster, Region, Resident, User
from regions.staff_site import staff_site


class ResidentAdmin(RegionScopedAdmin):
    icon = "person"
    add_by = OFFICE
    change_by = OFFICE
    list_display = ("name", "kana", "resident_no", "phone", "birth_on", "region")
    list_filter = ("region",)
    search_fields = ("resident_no", "name", "kana", "email", "phone")
    search_help_text = _("Number, name, kana, telephone or e-mail")
    fieldsets = (
        (None, {"fields": ["region", "resident_no", "name", "kana", "birth_on"]}),
        (_("Contact"), {"fields": ["postcode", "address", "household_no", "moved_out_on", "email", "phone"]}),
        (_("Sign-in"), {"fields": ["sign_in"]}),
    )
    list_select_related = ("region", "user")
    readonly_fields = ("sign_in",)

    @display(description=_("sign-in"))
    def sign_in(self, resident: Resident) -> str:
        return str(resident.user.email or resident.user.phone) if resident.user else "-"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Resident], search_term: str
    ) -> tuple[QuerySet[Resident], bool]:
        """People on the telephone spell in kana of either kind, and give numbers with or without hyphens."""
        term = jaconv.normalize(search_term)
        found, may_repeat = super().get_search_results(request, queryset, term)
        if not term:
            return found, may_repeat
        digits = "".join(character for character in term if character.isdigit()).lstrip("0")
        also = Q(kana__icontains=jaconv.hira2kata(term)) | Q(kana__icontains=jaconv.kata2hira(term))
        if len(digits) >= 4 and not any(character.isalpha() for character in term):
            also |= Q(phone_digits__contains=digits)
        strip = Func(F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
        more = queryset.annotate(phone_digits=Func(strip, template="%(expressions)s", output_field=TextField()))
        matching = more.filter(also).values("pk")
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(pk__in=matching)), may_repeat


class RegionAdmin(ScopedAdmin):
    icon = "location_city"
    scope_path = "pk"
    add_by = OPERATORS
    change_by = OFFICE
    list_display = ("name", "slug", "outage_policy", "contact_name", "contact_phone")
    search_fields = ("name", "slug")
    fieldsets = (
        (None, {"fields": ["name", "name_kana", "name_en", "slug", "app_name", "time_zone", "colour"]}),
        (
            _("Contact"),
            {"fields": ["contact_name", "contact_phone", "contact_email", "contact_hours", "incident_webhook"]},
        ),
        (_("Payments"), {"fields": ["payment_limit", "code_confirm_above", "notary"]}),
        (
            _("while the notary is away"),
            {"fields": ["outage_policy", "guarantee_per_payment", "guarantee_per_wallet", "guarantee_in_all"]},
        ),
    )
    # What the office decides for itself; the rest is the operators' agreement with the city.
    office_fields = frozenset(
        {
            *("contact_name", "contact_phone", "contact_email", "contact_hours"),
            *("outage_policy", "colour", "code_confirm_above", *GUARANTEES),
        }
    )
    # The address of a webhook is a secret, and where it leads is the operators' concern.
    operators_fields = frozenset({"notary", "incident_webhook"})
    form = GuaranteeForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fieldsets = super().get_fieldsets(request, obj)
        if self.admin_site.standing(request) is Standing.OPERATOR:
            return fieldsets
        return [
            (name, {"fields": [f for f in options["fields"] if f not in self.operators_fields]})
            for name, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if self.admin_site.standing(request) is Standing.OPERATOR:
            # Addresses and printed QR codes carry it.
            return ["slug"] if obj else []
        named = [field for _name, options in self.fieldsets for field in options["fields"]]
        return [field for field in named if field not in self.office_fields]

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """What a region's settings were before stays readable: a guarantee is money that it may have to pay."""
        if form.changed_data and not add:
            return "; ".join(changes_of(form))
        return super().construct_change_message(request, form, formsets, add)


class NotaryClusterAdmin(ScopedAdmin):
    icon = "verified"
    scope_path = None
    view_by = add_by = change_by = OPERATORS
    list_display = ("slug", "url")
    fields = ("slug", "url")


class MembershipInline(ScopedTabularInline):
    model = Membership
    view_by = add_by = change_by = delete_by = OPERATORS
    fields = ("region", "role")


class UserAdmin(ScopedAdmin):
    icon = "manage_accounts"
    scope_path = None
    view_by = add_by = change_by = OPERATORS
    list_display = ("shown", "email", "phone", "is_operator", "is_active")
    list_filter = ("is_operator", "is_active")
    search_fields = ("name", "email", "phone")
    fields = ("name", "email", "phone", "is_operator", "is_active", "date_joined", "last_login")
    readonly_fields = ("date_joined", "last_login")
    inlines = (MembershipInline,)

    @display(description=_("name"), ordering="name")
    def shown(self, user: User) -> str:
        return str(user)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


class LogEntryAdmin(ScopedAdmin):
    """Who changed what at the admin sites; nobody changes that."""

    icon = "history"
    menu_title = _("Administration log")
    scope_path = None
    view_by = OPERATORS
    add_by = change_by = delete_by = NOBODY
    list_display = ("action_time", "user", "content_type", "object_repr", "what")
    list_filter = ("action_time",)
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "object_id", "user__email")
    fields = ("action_time", "user", "content_type", "object_repr", "object_id", "what")
    readonly_fields = ("what",)

    @display(description=_("change"))
    def what(self, entry: LogEntry) -> str:
        return str(entry.get_change_message())


staff_site.register(Resident, ResidentAdmin)
staff_site.register(Region, RegionAdmin)
staff_site.register(User, UserAdmin)
staff_site.register(NotaryCluster, NotaryClusterAdmin)
staff_site.register(Approval, ApprovalAdmin)
staff_site.register(LogEntry, LogEntryAdmin)
staff_site.dashboard_panels.append(open_approvals_panel)
staff_site.dashboard_panels.append(residents_panel)
staff_site.add_panel(Approval, decide_panel)
