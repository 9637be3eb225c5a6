"""What residents are told about their orders, in their inbox and by e-mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regions.inbox import Words, register_words, tell
from regions.yen import yen
from vouchers.models import Order

DUE, ISSUED, LAPSED, RETURNED = "order-due", "order-issued", "order-lapsed", "order-returned"


def tell_due(order: Order) -> None:
    """Once for each time that a reminder was due."""
    _tell(order, DUE, f"{order.pk}:{order.remind_after}")


def tell_issued(order: Order) -> None:
    _tell(order, ISSUED, str(order.pk))


def tell_lapsed(order: Order) -> None:
    _tell(order, LAPSED, f"{order.pk}:{order.ended_at}")


def tell_returned(order: Order, *, key: str) -> None:
    _tell(order, RETURNED, key)


def _tell(order: Order, kind: str, key: str) -> None:
    params = {
        "number": order.number,
        "programme": order.programme.name,
        "yen": order.amount,
        "pay_by": order.pay_by_at.isoformat(),
    }
    link = reverse("order", args=[order.region.slug, order.number])
    tell(resident=order.resident, kind=kind, key=key[:100], params=params, link=link)


def _facts(params: Mapping[str, Any]) -> dict[str, Any]:
    moment = timezone.localtime(datetime.fromisoformat(params["pay_by"]))
    return {**params, "yen": yen(params["yen"]), "pay_by": date_format(moment, _("j F Y, H:i"))}


def due_words(params: Mapping[str, Any]) -> Words:
    facts = _facts(params)
    return Words(
        _("Please pay by %(pay_by)s") % facts,
        _(
            "Your order %(number)s (%(programme)s, %(yen)s) is not paid yet. "
            "If it is not paid by %(pay_by)s, it lapses and the units go to others."
        )
        % facts,
    )


def issued_words(params: Mapping[str, Any]) -> Words:
    facts = _facts(params)
    return Words(
        _("Your payment has arrived, and your vouchers are here") % facts,
        _("We have received %(yen)s for your order %(number)s (%(programme)s). The vouchers are in your wallet.")
        % facts,
    )


def lapsed_words(params: Mapping[str, Any]) -> Words:
    facts = _facts(params)
    return Words(
        _("Your order %(number)s has lapsed") % facts,
        _(
            "Your order %(number)s (%(programme)s, %(yen)s) was not paid by %(pay_by)s and has lapsed. "
            "Nothing has to be paid any more."
        )
        % facts,
    )


def returned_words(params: Mapping[str, Any]) -> Words:
    facts = _facts(params)
    return Words(
        _("%(yen)s are given back to you") % facts,
        _(
            "Your payment of %(yen)s for the order %(number)s (%(programme)s) could not be used: the order had ended "
            "or was paid already. You get the whole amount back the way you paid it; this can take some days. "
            "If you paid at a convenience store, you are asked by e-mail for your bank account."
        )
        % facts,
    )


for kind, words in ((DUE, due_words), (ISSUED, issued_words), (LAPSED, lapsed_words), (RETURNED, returned_words)):
    register_words(kind, words)
