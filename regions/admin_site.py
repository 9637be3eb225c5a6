"""What the shops' and the secretariat's admin sites have in common: entrance, menu and panels."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.apps import apps
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.admin_base import Panel, Standing, UnfoldAdminSite

View = Callable[..., HttpResponse]

# The theme evaluates expressions in its pages and writes its colours into them.
THEME_CSP = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}


class HouseSite(UnfoldAdminSite):  # type: ignore[misc]
    """An admin site whose rooms bring their own pages and panels; it never asks who they are.

    `dashboard_panels` are callables `(request) -> (template, context)` shown on the site's first page,
    in order; `add_panel` puts one below a model's own page; `add_page` adds a page of its own.
    """

    index_template = "admin/house.html"
    index_title = gettext_lazy("Home")
    standing_of_members: ClassVar[Standing]

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.dashboard_panels: list[Panel] = []
        self._object_panels: dict[type[models.Model], list[Panel]] = {}
        self._pages: list[tuple[str, View, str]] = []

    # Who may see what.

    def find_scope(self, user: Any) -> Iterable[models.Model]:
        """The regions or merchants whose rows the person may see here."""
        raise NotImplementedError

    def scope(self, request: HttpRequest) -> Sequence[Any]:
        """What `find_scope` says, looked up once per request."""
        scopes = request.__dict__.setdefault("_admin_scopes", {})
        if self.name not in scopes:
            user = request.user
            scopes[self.name] = list(self.find_scope(user)) if user.is_authenticated and user.is_active else []
        return scopes[self.name]  # type: ignore[no-any-return]

    def scope_ids(self, request: HttpRequest) -> list[Any]:
        return [row.pk for row in self.scope(request)]

    def standing(self, request: HttpRequest) -> Standing | None:
        """As what the person stands here; None for who may not enter."""
        return self.standing_of_members if self.scope(request) else None

    def has_permission(self, request: HttpRequest) -> bool:
        return self.standing(request) is not None

    def time_zone(self, request: HttpRequest) -> ZoneInfo:
        """The zone in which the person's days begin and end."""
        raise NotImplementedError

    # The entrance: people sign in where everybody does, and are asked for their second factor there.

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        guarded = super().admin_view(csp_update(THEME_CSP)(self._in_local_time(view)), cacheable)

        @wraps(guarded)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("account_login"))
            if not self.has_permission(request):
                return self.refuse(request)
            try:
                return guarded(request, *args, **kwargs)  # type: ignore[no-any-return]
            except PermissionDenied:
                return self.refuse(request)
            except Http404:
                return self.refuse(request, status=404)

        return enter

    def _in_local_time(self, view: View) -> View:
        @wraps(view)
        def local(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with timezone.override(self.time_zone(request)):
                response = view(request, *args, **kwargs)
                # Left to itself a template is rendered later, when the zone is no longer in force.
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
                return response

        return local

    def refuse(self, request: HttpRequest, status: int = 403) -> HttpResponse:
        """A plain page that says why there is nothing to see, and leads back."""
        context = {
            "is_missing": status == 404,
            "may_enter": self.has_permission(request),
            "index": reverse(f"{self.name}:index"),
        }
        return render(request, "admin/refused.html", context, status=status)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        index = reverse(f"{self.name}:index")
        if request.user.is_authenticated:
            return redirect(index)
        return redirect_to_login(request.GET.get("next") or index, reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # The theme's search over everything keeps its answers in a cache that both sites would share.
        raise Http404

    # Pages and panels that the rooms bring.

    def add_page(self, route: str, view: View, name: str) -> None:
        self._pages.append((route, view, name))

    def get_urls(self) -> list[Any]:
        # The way to any object's public page by its number would tell which objects there are.
        return [address for address in super().get_urls() if getattr(address, "name", "") != "view_on_site"]

    def extra_urls(self) -> list[URLPattern]:
        return [path(route, self.admin_view(view), name=name) for route, view, name in self._pages]

    def add_panel(self, model: type[models.Model], panel: Panel) -> None:
        """Show `panel(request, row) -> (template, context)` below the row's own page."""
        self._object_panels.setdefault(model, []).append(panel)

    def render_object_panels(self, request: HttpRequest, row: models.Model) -> list[str]:
        panels = self._object_panels.get(type(row), [])
        return [self._render(request, panel(request, row)) for panel in panels]

    def _render(self, request: HttpRequest, panel: tuple[str, dict[str, Any]]) -> str:
        template, context = panel
        return render_to_string(template, context, request=request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        panels = [self._render(request, panel(request)) for panel in self.dashboard_panels]
        response: HttpResponse = super().index(request, {"panels": panels, **(extra_context or {})})
        return response

    # The menu.

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Rooms from the uppermost down, their models in the order in which they were registered."""
        found = self._build_app_dict(request, app_label)
        return [found[config.label] for config in apps.get_app_configs() if config.label in found]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        home = self._menu_item(request, _("Home"), reverse(f"{self.name}:index"), "home")
        groups = [{"items": [home]}]
        for app in self.get_app_list(request):
            items = [self._menu_item_of(request, model) for model in app["models"]]
            groups.append({"title": app["name"], "items": items})
        return groups

    def _menu_item_of(self, request: HttpRequest, model: dict[str, Any]) -> dict[str, Any]:
        page = self.get_model_admin(model["model"])
        title = getattr(page, "menu_title", "") or model["name"]
        return self._menu_item(request, str(title), model["admin_url"], getattr(page, "icon", "label"))

    def _menu_item(self, request: HttpRequest, title: str, link: str, icon: str) -> dict[str, Any]:
        active = self._get_is_active(request, link)
        return {"title": title, "link": link, "icon": icon, "active": active, "has_permission": True}
