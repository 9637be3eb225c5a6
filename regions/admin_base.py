"""What every page of the two admin sites shares: roles, and nobody sees what is not theirs.

The only module that imports the admin theme; everything else takes its classes from here.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, ClassVar

from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.contrib.filters.admin import (
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import action, display
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from regions.admin_forms import RegionForm, relations_elsewhere
from regions.capped_paginator import CappedPaginator

__all__ = [
    "NOBODY",
    "OFFICE",
    "OPERATORS",
    "SHOPS",
    "ChoicesDropdownFilter",
    "ModelAdmin",
    "Panel",
    "RegionScopedAdmin",
    "ScopedAdmin",
    "ScopedRelatedFilter",
    "ScopedStackedInline",
    "ScopedTabularInline",
    "Standing",
    "UnfoldAdminIntegerFieldWidget",
    "UnfoldAdminSite",
    "UnfoldAdminTextInputWidget",
    "action",
    "display",
]


class Standing(Enum):
    """As what a person stands before an admin site."""

    OPERATOR = "operator"
    SECRETARIAT = "secretariat"
    SHOP = "shop"


Who = frozenset[Standing]
# What is shown beside the rows themselves: the name of a template, and its context.
Panel = Callable[..., tuple[str, dict[str, Any]]]
NOBODY: Who = frozenset()
OPERATORS: Who = frozenset({Standing.OPERATOR})
OFFICE: Who = frozenset({Standing.OPERATOR, Standing.SECRETARIAT})
SHOPS: Who = frozenset({Standing.SHOP})


class ScopedRelatedFilter(RelatedDropdownFilter):  # type: ignore[misc]
    """Offers only the related rows that the person could open."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(row.pk, str(row)) for row in model_admin.choices_of(request, field.remote_field.model)]


class Scoped:
    """Permissions by role and rows by scope, for a model's pages and for rows inside another's page.

    `scope_path` leads from the model to what the site hands out (a region, or a merchant in the
    portal); without one the model belongs to no region and is for operators alone.
    """

    scope_path: ClassVar[str | None]
    view_by: ClassVar[Who] = OFFICE
    add_by: ClassVar[Who] = NOBODY
    change_by: ClassVar[Who] = NOBODY
    delete_by: ClassVar[Who] = NOBODY
    admin_site: Any

    def _may(self, request: HttpRequest, who: Who) -> bool:
        return self.admin_site.standing(request) in who

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.view_by)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.add_by)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_by)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.delete_by)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)  # type: ignore[misc]
        if self.scope_path is None:
            return rows
        return rows.filter(**{f"{self.scope_path}__in": self.admin_site.scope_ids(request)})

    def choices_of(self, request: HttpRequest, model: type[models.Model]) -> models.QuerySet[Any]:
        """The rows of another model that may be referred to: those that the person could open here."""
        try:
            related = self.admin_site.get_model_admin(model)
        except NotRegistered:
            return model._default_manager.none()
        if not related.has_view_permission(request):
            return model._default_manager.none()
        rows: models.QuerySet[Any] = related.get_queryset(request)
        return rows

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self.choices_of(request, db_field.remote_field.model)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self.choices_of(request, db_field.remote_field.model)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class ScopedTabularInline(Scoped, TabularInline):  # type: ignore[misc]
    """Rows inside another model's page. They are of its region, so they need no path of their own."""

    scope_path = None
    form = RegionForm
    extra = 0


class ScopedStackedInline(Scoped, StackedInline):  # type: ignore[misc]
    scope_path = None
    form = RegionForm
    extra = 0


class ScopedAdmin(Scoped, ModelAdmin):  # type: ignore[misc]
    """A model's pages at one of the sites. A row out of scope is answered like one that is not there.

    `region_from` names the relation that a new row takes its region from; without it the region
    is asked for, or preset where the person has only one.
    """

    form = RegionForm
    region_from: ClassVar[str | None] = None
    icon: ClassVar[str] = "label"
    menu_title: ClassVar[Any] = ""
    view_on_site = False
    show_full_result_count = False
    paginator = CappedPaginator
    list_filter_submit = True
    list_per_page = 50
    change_form_outer_after_template = "admin/panels.html"

    def refuse_elsewhere(self, request: HttpRequest, row: models.Model) -> None:
        """Raise PermissionDenied for a row that is out of scope, or that refers to another region's."""
        if relations_elsewhere(row) or not self._is_in_scope(request, row):
            raise PermissionDenied

    def _is_in_scope(self, request: HttpRequest, row: models.Model) -> bool:
        if self.scope_path is None or self.admin_site.standing(request) is Standing.OPERATOR:
            return True
        found: Any = row
        for name in self.scope_path.split("__"):
            found = getattr(found, name)
        return getattr(found, "pk", found) in self.admin_site.scope_ids(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self.refuse_elsewhere(request, obj)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            if getattr(row, "region_id", "") is None:
                row.region_id = form.instance.region_id
            if relations_elsewhere(row):
                raise PermissionDenied
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.region_from = self.region_from
        form.preset_region_id = self._only_region_id(request)
        return form

    def _only_region_id(self, request: HttpRequest) -> Any:
        ids = self.admin_site.scope_ids(request)
        return ids[0] if self.scope_path == "region" and len(ids) == 1 else None

    def _shows_region(self, request: HttpRequest) -> bool:
        return self.region_from is None and len(self.admin_site.scope_ids(request)) != 1

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fieldsets = super().get_fieldsets(request, obj)
        if self._shows_region(request):
            return list(fieldsets)
        return [
            (name, {**options, "fields": [field for field in options["fields"] if field != "region"]})
            for name, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        fields = tuple(super().get_readonly_fields(request, obj))
        has_region = any(field.name == "region" for field in self.model._meta.fields)
        # A row never moves to another region: what refers to it would stay behind.
        return (*fields, "region") if obj and has_region and "region" not in fields else fields

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        single = len(self.admin_site.scope_ids(request)) == 1
        return [column for column in columns if not (single and column == "region")]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        single = len(self.admin_site.scope_ids(request)) == 1
        entries = super().get_list_filter(request)
        return [self._safe_filter(entry) for entry in entries if not (single and entry == "region")]

    def _safe_filter(self, entry: Any) -> Any:
        if not isinstance(entry, str):
            return entry
        field = get_fields_from_path(self.model, entry)[-1]
        if field.is_relation:
            return (entry, ScopedRelatedFilter)
        if isinstance(field, models.BooleanField):
            return (entry, BooleanRadioFilter)
        if isinstance(field, models.DateField):
            return (entry, RangeDateFilter)
        return (entry, ChoicesDropdownFilter)

    def _get_obj_does_not_exist_redirect(self, *_args: Any) -> HttpResponse:
        raise Http404

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context["panels"] = self.admin_site.render_object_panels(request, obj) if obj else []
        response: HttpResponse = super().render_change_form(request, context, add, change, form_url, obj)
        return response


class RegionScopedAdmin(ScopedAdmin):
    """The pages of a model that carries a region, at the secretariat's site."""

    scope_path = "region"
