"""How the two admin sites look: their names, colours and files."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _


def style(_request: HttpRequest) -> str:
    return static("admin_sites/admin.css")


def staff_icon(_request: HttpRequest) -> str:
    return static("admin_sites/staff.svg")


def portal_icon(_request: HttpRequest) -> str:
    return static("admin_sites/portal.svg")


# Indigo for the office, green for the shops: with both open, nobody mistakes one for the other.
INDIGO = {
    "50": "#eef2fb", "100": "#dbe4f6", "200": "#bccdee", "300": "#8faae0", "400": "#5f82cd", "500": "#3f62b3",
    "600": "#2b4b96", "700": "#233d7b", "800": "#1d3164", "900": "#182849", "950": "#0f1a30",
}  # fmt: skip
GREEN = {
    "50": "#ecf8f1", "100": "#d2eedd", "200": "#a8dcbf", "300": "#74c39a", "400": "#41a273", "500": "#1f8757",
    "600": "#136c44", "700": "#115638", "800": "#0f452e", "900": "#0d3826", "950": "#061f15",
}  # fmt: skip

UNFOLD: dict[str, Any] = {
    "THEME": "light",
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [style],
}
UNFOLD_STAFF: dict[str, Any] = {
    **UNFOLD,
    "SITE_TITLE": _("Secretariat"),
    "SITE_HEADER": _("Voucher secretariat"),
    "SITE_SUBHEADER": "Hansatsu",
    "SITE_SYMBOL": "account_balance",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": staff_icon}],
    "COLORS": {"primary": INDIGO},
}
UNFOLD_PORTAL: dict[str, Any] = {
    **UNFOLD,
    "SHOW_HISTORY": False,
    "SITE_TITLE": _("Shop portal"),
    "SITE_HEADER": _("Shop portal"),
    "SITE_SUBHEADER": "Hansatsu",
    "SITE_SYMBOL": "storefront",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": portal_icon}],
    "COLORS": {"primary": GREEN},
}
