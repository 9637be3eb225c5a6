"""The draw for everybody to check: how it goes, what was sealed, and the files to draw it again with."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from regions.models import Region, Resident
from vouchers.lottery.rules import Rule
from vouchers.models import Application, Draw, DrawFile, Programme
from vouchers.programme_pages import find_programme, sealed_draw, units_of
from vouchers.resident_pages import public_page

FILES = {
    "list.txt": ("list", "text/plain; charset=utf-8"),
    "result.txt": ("result", "text/plain; charset=utf-8"),
    "redraw.py": ("script", "text/x-python; charset=utf-8"),
}


@public_page
def draw_page(request: HttpRequest, region: Region, resident: Resident | None, slug: str) -> HttpResponse:
    """The draw's steps and hashes; with `?number=`, the line of one application."""
    programme = find_programme(region, slug)
    draw = sealed_draw(programme)
    number = request.GET.get("number", "").strip().upper()
    context = {
        "programme": programme,
        "draw": draw,
        "rule": programme.lottery_rule,
        "rules": Rule,
        "units": units_of(programme),
        "number": number,
        **(_own_line(programme, draw, number) if number and draw else {}),
    }
    return render(request, "vouchers/draw.html", context)


@public_page
def draw_file(request: HttpRequest, region: Region, resident: Resident | None, slug: str, name: str) -> HttpResponse:
    """One of the files, byte for byte as it was hashed."""
    draw = sealed_draw(find_programme(region, slug))
    if draw is None or name not in FILES:
        raise Http404
    kind, content_type = FILES[name]
    found = DrawFile.objects.filter(draw=draw, kind=kind).first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{slug}-{name}"'
    return response


def _own_line(programme: Programme, draw: Draw, number: str) -> dict[str, Any]:
    """What the lists say of a number: nothing of the person, and nothing of what came after the sealing."""
    found = Application.objects.filter(programme=programme, number=number).prefetch_related("lines__unit")
    own = found.live().first()
    return {"own": own, "own_lines": own.lines.all() if own else [], "is_unknown": own is None}
