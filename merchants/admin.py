"""Merchants, stores, tills and the people who work there, at the secretariat's site."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

# Django looks for modules of this name only, so the other pages come along from here.
import merchants.account_pages
import merchants.account_staff_pages
import merchants.business_pages
import merchants.till_key_pages  # noqa: F401
from merchants.application_pages import JoinApplicationAdmin, application_panel, applications_panel
from merchants.dashboard import stores_panel
from merchants.errors import LastOwner
from merchants.models import (
    JoinApplication,
    JoiningRules,
    MemberRole,
    Merchant,
    MerchantMember,
    Notice,
    SizeRule,
    Store,
    StoreDecision,
    Till,
)
from merchants.notice_pages import NoticeAdmin, notices_panel
from merchants.portal import portal_site
from merchants.sizing_pages import (
    JoiningRulesAdmin,
    SizeRuleAdmin,
    StoreDecisionAdmin,
    StoreSizePages,
    apply_rule_panel,
    sizes_panel,
)
from merchants.staffing import add_member, is_last_owner, remove_member
from merchants.stands import papers_panel, stand_link
from regions.admin_base import (
    OFFICE,
    RegionScopedAdmin,
    ScopedAdmin,
    ScopedTabularInline,
    UnfoldAdminTextInputWidget,
    display,
)
from regions.admin_forms import RegionForm
from regions.models import User
from regions.staff_site import staff_site


class MerchantAdmin(RegionScopedAdmin):
    icon = "business_center"
    add_by = change_by = OFFICE
    list_display = ("name", "stores_count", "contact_phone", "contact_email", "region")
    list_filter = ("region",)
    search_fields = ("name", "contact_email", "contact_phone")
    fieldsets = (
        (None, {"fields": ["region", "name", "kana", "representative", "postcode", "address"]}),
        (_("Size and place"), {"fields": ["head_office", "capital", "invoice_number"]}),
        (_("Contact"), {"fields": ["contact_name", "contact_email", "contact_phone"]}),
    )
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(stores_count=Count("stores"))

    @display(description=_("stores"))
    def stores_count(self, merchant: Any) -> int:
        return merchant.stores_count  # type: ignore[no-any-return]


class TillInline(ScopedTabularInline):
    model = Till
    add_by = change_by = OFFICE
    fields = ("name", "code", "is_active", "stand")
    readonly_fields = ("code", "stand")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("region", "store")

    @display(description=_("QR stand"))
    def stand(self, till: Till) -> str:
        return stand_link(till)


class StoreAdmin(StoreSizePages, RegionScopedAdmin):
    icon = "storefront"
    region_from = "merchant"
    add_by = change_by = OFFICE
    list_display = ("name", "store_no", "merchant", "category", "size_class", "is_active")
    list_filter = ("region", "size_class", "is_active")
    list_select_related = ("merchant",)
    search_fields = ("name", "kana", "store_no", "merchant__name", "tills__code")
    search_help_text = _("Name, kana, store number, merchant or the code of a till")
    autocomplete_fields = ("merchant",)
    fieldsets = (
        (None, {"fields": ["merchant", "store_no", "name", "kana", "category"]}),
        (
            _("Size and place"),
            {"fields": ["size_class", "floor_area", "in_large_store", "building", "postcode", "address", "phone"]},
        ),
        (_("Payments"), {"fields": ["ticket_types", "takes_app", "takes_card", "takes_paper", "is_active"]}),
    )
    inlines = (TillInline,)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class TillAdmin(RegionScopedAdmin):
    icon = "point_of_sale"
    region_from = "store"
    add_by = change_by = OFFICE
    list_display = ("code", "name", "store", "is_active", "stand")
    list_filter = ("region", "is_active")
    list_select_related = ("store", "region")
    search_fields = ("code", "name", "store__name", "store__kana", "store__store_no")
    autocomplete_fields = ("store",)
    fields = ("store", "name", "code", "is_active", "stand")
    readonly_fields = ("code", "stand")

    @display(description=_("QR stand"))
    def stand(self, till: Till) -> str:
        return stand_link(till)


class MemberForm(RegionForm):
    """Takes somebody who has signed up already, by e-mail address."""

    email = forms.EmailField(label=_("e-mail address"), widget=UnfoldAdminTextInputWidget(attrs={"type": "email"}))

    class Meta:
        model = MerchantMember
        fields = ("merchant", "role")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise ValidationError(_now("Nobody has signed up with this address yet."))
        self.instance.user = user
        return email

    def clean(self) -> None:
        super().clean()
        merchant = self.cleaned_data.get("merchant")
        if merchant and MerchantMember.objects.filter(merchant=merchant, user_id=self.instance.user_id).exists():
            self.add_error("email", _now("This person works there already."))


class MerchantMemberAdmin(ScopedAdmin):
    icon = "badge"
    scope_path = "merchant__region"
    add_by = delete_by = OFFICE
    form = MemberForm
    list_display = ("user", "merchant", "role")
    list_filter = ("merchant__region", "role")
    list_select_related = ("user", "merchant")
    search_fields = ("user__name", "user__email", "merchant__name")
    autocomplete_fields = ("merchant",)
    readonly_fields = ("person",)

    @display(description=_("person"))
    def person(self, member: MerchantMember) -> str:
        return f"{member.user} ({member.user.email or member.user.phone})"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("merchant", "person", "role") if obj else ("merchant", "email", "role")

    def save_model(self, request: HttpRequest, obj: MerchantMember, form: Any, change: bool) -> None:
        self.refuse_elsewhere(request, obj)
        member = add_member(merchant=obj.merchant, user=obj.user, role=MemberRole(obj.role))
        obj.pk = member.pk
        obj._state.adding = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and is_last_owner(obj))

    def delete_model(self, request: HttpRequest, obj: MerchantMember) -> None:
        remove_member(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for member in queryset.select_related("merchant", "user"):
            try:
                remove_member(member)
            except LastOwner:
                messages.error(request, _now("The last owner cannot be removed. Invite another one first."))


staff_site.register(JoinApplication, JoinApplicationAdmin)
staff_site.register(Merchant, MerchantAdmin)
staff_site.register(Store, StoreAdmin)
staff_site.register(Till, TillAdmin)
staff_site.register(MerchantMember, MerchantMemberAdmin)
staff_site.register(Notice, NoticeAdmin)
staff_site.dashboard_panels.append(stores_panel)
portal_site.dashboard_panels.append(notices_panel)
staff_site.register(StoreDecision, StoreDecisionAdmin)
staff_site.register(SizeRule, SizeRuleAdmin)
staff_site.register(JoiningRules, JoiningRulesAdmin)
staff_site.dashboard_panels.append(applications_panel)
staff_site.add_panel(JoinApplication, application_panel)
staff_site.add_panel(Store, sizes_panel)
staff_site.add_panel(SizeRule, apply_rule_panel)
for _model in (Merchant, Store, Till):
    staff_site.add_panel(_model, papers_panel)
