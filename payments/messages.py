"""What residents are told about their payments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from payments.models import Refund
from regions.inbox import Words, register_words, tell
from regions.yen import yen
from vouchers.models import Voucher

REFUND = "refund"


def tell_of_refund(refund: Refund) -> None:
    """Tell the resident that value has come back, and until when it can be used; once per refund.

    Belongs in the transaction that gives it back, after the vouchers' dates are settled.
    """
    payment = refund.payment
    dates = [moment.isoformat() for moment in _usable_until(refund)]
    params = {
        "yen": refund.amount,
        "store": payment.store.name,
        "number": payment.number,
        "paid_at": payment.authorised_at.isoformat(),
        "until": min(dates) if dates else None,
    }
    link = reverse("payment", args=[refund.region.slug, payment.pk])
    tell(resident=payment.wallet.resident, kind=REFUND, key=str(refund.pk), params=params, link=link)


def _usable_until(refund: Refund) -> list[datetime]:
    vouchers = Voucher.objects.filter(pk__in=[voucher for voucher, _yen in refund.allocations])
    return list(vouchers.filter(expires_at__gt=timezone.now()).values_list("expires_at", flat=True))


def refund_words(params: Mapping[str, Any]) -> Words:
    facts = {
        "yen": yen(params["yen"]),
        "store": params["store"],
        "number": params["number"],
        "paid": _moment(params["paid_at"]),
    }
    subject = _("%(yen)s were returned by %(store)s") % facts
    told = _("Of the payment %(number)s (%(paid)s, %(store)s), %(yen)s were returned to your vouchers.") % facts
    if params["until"] is None:
        rest = _("The vouchers have expired, so this value can no longer be used. Please ask the shop.")
    else:
        rest = _("You can use them again until %(until)s.") % {"until": _moment(params["until"])}
    return Words(subject, f"{told}\n\n{rest}")


def _moment(text: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(text)), _("j F Y, H:i"))


register_words(REFUND, refund_words)
