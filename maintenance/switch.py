"""The office's pages of the switch: open a window, extend it, end it, and see what residents see."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maintenance.answers import closed_page
from maintenance.errors import (
    AlreadyEnded,
    AlreadyOpen,
    EndsTooEarly,
    MaintenanceProblem,
    MayNotSwitch,
    StartsInThePast,
)
from maintenance.forms import ExtensionForm, OpeningForm, in_time_of
from maintenance.models import Scope, Window
from maintenance.texts import PREPARED
from maintenance.windows import close_window, extend_window, open_window
from regions.admin_base import Standing
from regions.models import Region

USUAL_LENGTH = timedelta(hours=1)


def say(problem: MaintenanceProblem) -> str:
    """A refusal in the office's words."""
    sentences: dict[type[MaintenanceProblem], str] = {
        AlreadyOpen: _("This is in force already. Change its expected end, or end it first."),
        AlreadyEnded: _("This maintenance has ended already."),
        EndsTooEarly: _("The expected end is after the start, and in the future."),
        StartsInThePast: _("A planned maintenance begins in the future. Leave the start empty to begin at once."),
        MayNotSwitch: _("You may not switch this region."),
    }
    return sentences[type(problem)]


class SwitchPages:
    """Adds the switch to the windows' admin pages. A mixin; rows are those that the site lets the person see."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [
            path("preview/", view(require_safe(self.draft_view)), name="maintenance_window_draft"),
            path("<uuid:window>/preview/", view(require_safe(self.preview_view)), name="maintenance_window_preview"),
            path("<uuid:window>/extend/", view(require_POST(self.extend_view)), name="maintenance_window_extend"),
            path("<uuid:window>/close/", view(require_POST(self.close_view)), name="maintenance_window_close"),
            *urls,
        ]

    def is_operator(self, request: HttpRequest) -> bool:
        return self.admin_site.standing(request) is Standing.OPERATOR

    def opening_form(self, request: HttpRequest, data: Any = None) -> OpeningForm:
        initial = {
            "region": request.GET.get("region", ""),
            "scope": request.GET.get("scope", Scope.ALL),
            "expected_until": timezone.now() + USUAL_LENGTH,
        }
        regions = self.admin_site.scope(request)
        return OpeningForm(data, regions=regions, everywhere=self.is_operator(request), initial=initial)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Django's own form would write past the use-case, so this page takes its place."""
        form = self.opening_form(request, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                window = open_window(**form.facts(), by=request.user)  # type: ignore[arg-type]
            except MaintenanceProblem as problem:
                form.add_error(None, say(problem))
            else:
                return self._opened(request, window)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Switch maintenance on"),
            "form": form,
            "prepared": {text.key: {"ja": text.ja, "en": text.en} for text in PREPARED},
            "listing": reverse("staff:maintenance_window_changelist"),
        }
        return render(request, "maintenance/switch_on.html", context)

    def _opened(self, request: HttpRequest, window: Window) -> HttpResponse:
        self.log_addition(request, window, [{"added": {}}])  # type: ignore[attr-defined]
        messages.success(request, _("Switched on: %(window)s. It holds within five seconds.") % {"window": window})
        return redirect("staff:maintenance_window_change", window.pk)

    def extend_view(self, request: HttpRequest, window: Any) -> HttpResponse:
        found = self._find(request, window)
        form = ExtensionForm(request.POST)
        if form.is_valid():
            until = in_time_of(found.region, form.cleaned_data["expected_until"])
            self._do(
                request,
                found,
                _("The expected end was changed."),
                lambda: extend_window(
                    found,
                    expected_until=until,
                    by=request.user,  # type: ignore[arg-type]
                ),
            )
        else:
            messages.error(request, _("This is not a day and time."))
        return redirect("staff:maintenance_window_change", found.pk)

    def close_view(self, request: HttpRequest, window: Any) -> HttpResponse:
        found = self._find(request, window)
        said = _("Ended: %(window)s.") % {"window": found}
        self._do(request, found, said, lambda: close_window(found, by=request.user))  # type: ignore[arg-type]
        return redirect("staff:index")

    def _do(self, request: HttpRequest, window: Window, said: str, step: Any) -> None:
        try:
            step()
        except MaintenanceProblem as problem:
            messages.error(request, say(problem))
        else:
            self.log_change(request, window, said)  # type: ignore[attr-defined]
            messages.success(request, said)

    def preview_view(self, request: HttpRequest, window: Any) -> HttpResponse:
        return preview(self._find(request, window), self._example(request))

    def draft_view(self, request: HttpRequest) -> HttpResponse:
        """The sign as the form on the screen would make it; nothing is switched."""
        form = self.opening_form(request, request.GET)
        if not form.is_valid():
            return render(request, "maintenance/no_preview.html", {"form": form}, status=422)
        facts = form.facts()
        facts["starts_at"] = facts["starts_at"] or timezone.now()
        return preview(Window(**facts), self._example(request))

    def _example(self, request: HttpRequest) -> Region | None:
        regions = self.admin_site.scope(request)
        return regions[0] if regions else None

    def _find(self, request: HttpRequest, pk: Any) -> Window:
        window: Window | None = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        if window is None:
            raise Http404
        return window


def preview(window: Window, example: Region | None) -> HttpResponse:
    """The closed sign; of a window for all regions, as one of them shows it."""
    page = closed_page(window, window.region or example, now=timezone.now(), back="#", is_preview=True)
    return HttpResponse(page)
