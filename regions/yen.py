"""Amounts as people read them."""

from django.utils.translation import gettext as _


def yen(amount: int) -> str:
    """`1200` as `1,200円`, or in the reader's language."""
    return _("¥%(yen)s") % {"yen": f"{amount:,}"}
