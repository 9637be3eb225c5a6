"""The shop's live list: what has been paid today, as JSON that a page asks for every second or two.

The answer is always the whole picture, so that a lost answer, a restart or a sleeping telephone loses
nothing; `after` is the mark of the picture the page has, and the same picture is not sent twice.
"""

import hashlib
import json
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from merchants.models import Till
from merchants.portal import portal_site
from payments.models import Payment, PaymentQuerySet
from payments.proof import word_of_the_minute
from payments.wording import wording
from regions.yen import yen

SHOWN = 30


def live_view(request: HttpRequest) -> JsonResponse:
    """Today's sum and newest payments of the person's stores, or of the one till that `till` names."""
    picture = _picture(request, timezone.now())
    mark = hashlib.sha256(json.dumps(picture, sort_keys=True).encode()).hexdigest()[:16]
    changed = {} if request.GET.get("after") == mark else picture
    return JsonResponse({"mark": mark, "at": _clock(timezone.now()), **changed})


def _picture(request: HttpRequest, now: datetime) -> dict[str, Any]:
    tills = list(_tills(request))
    today = _today(request, now)
    sums = today.sums()
    return {
        "count": sums["count"],
        "net": yen(sums["net"]),
        "refunded": yen(sums["refunded"]) if sums["refunded"] else "",
        "payments": [_line(payment) for payment in today.with_places().newest_first()[:SHOWN]],
        "words": [{"till": str(till), "word": word_of_the_minute(till, now)} for till in tills],
    }


def _today(request: HttpRequest, now: datetime) -> PaymentQuerySet:
    midnight = datetime.combine(timezone.localdate(now), time.min, tzinfo=timezone.get_current_timezone())
    payments = Payment.objects.of_stores(portal_site.stores(request)).filter(authorised_at__gte=midnight)
    chosen = _chosen_till(request)
    return payments.filter(till=chosen) if chosen else payments


def _tills(request: HttpRequest) -> Any:
    chosen = _chosen_till(request)
    tills: Any = portal_site.tills(request)
    return tills.filter(pk=chosen) if chosen else tills


def _chosen_till(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("till", ""))
    except ValueError:
        return None


def _line(payment: Payment) -> dict[str, Any]:
    found = wording(payment)
    return {
        "id": str(payment.pk),
        "number": payment.number,
        "amount": yen(payment.amount),
        "refunded": _("%(yen)s refunded") % {"yen": yen(payment.refunded)} if payment.refunded else "",
        "time": _clock(payment.authorised_at),
        "till": str(payment.till),
        "status": str(found.words),
        "tone": found.tone,
        "url": reverse("portal:payments_payment_change", args=[payment.pk]),
    }


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M:%S}"


def live_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """Today's sum and the list that keeps itself up to date."""
    tills: list[Till] = list(portal_site.tills(request))
    return "portal/live.html", {"tills": tills, "address": reverse("portal:live")}
