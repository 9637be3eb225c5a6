"""How the shop is doing, on the portal's first page: today by hour, the last days, and by ticket type."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q, Sum
from django.db.models.functions import ExtractHour, TruncDate
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from payments.models import Allocation, PaymentQuerySet
from payments.reach import payments_within_reach
from payments.states import PAID
from regions.charts import Chart, Series, chart_context
from regions.yen import yen

DAYS = 14
NET = Sum(F("amount") - F("refunded"), filter=Q(status__in=PAID), default=0)


def shop_charts_panel(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """Net yen of the stores whose payments the person may see; for a clerk that is today."""
    user: Any = request.user
    today = timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    payments = payments_within_reach(user).filter(authorised_at__gte=_midnight(first))
    by_day = _by_day(payments)
    charts = [_hours_chart(payments, today), _days_chart(by_day, first), _kinds_chart(payments)]
    return "admin/charts.html", {
        "title": _("How the shop is doing"),
        "figures": [
            (_("today"), yen(by_day.get(today, 0))),
            (_("yesterday"), yen(by_day.get(today - timedelta(days=1), 0))),
            (_("last 7 days"), yen(sum(by_day.get(today - timedelta(days=n), 0) for n in range(7)))),
        ],
        "charts": [chart_context(chart) for chart in charts],
    }


def _by_day(payments: PaymentQuerySet) -> Mapping[date, int]:
    days = payments.order_by().annotate(day=TruncDate("authorised_at", tzinfo=timezone.get_current_timezone()))
    return dict(days.values("day").annotate(net=NET).values_list("day", "net"))


def _hours_chart(payments: PaymentQuerySet, today: date) -> Chart:
    todays = payments.order_by().filter(authorised_at__gte=_midnight(today))
    hours = todays.annotate(hour=ExtractHour("authorised_at", tzinfo=timezone.get_current_timezone()))
    net = dict(hours.values("hour").annotate(net=NET).values_list("hour", "net"))
    shown = _opening_hours(list(net))
    return Chart(
        title=_("Today by hour"),
        labels=[f"{hour}:00" for hour in shown],
        series=[Series(_("net"), [net.get(hour, 0) for hour in shown])],
    )


def _opening_hours(hours: Sequence[int]) -> range:
    """From eight to eight, and as much longer as something was sold."""
    return range(min([8, *hours]), max([20, *hours]) + 1)


def _days_chart(by_day: Mapping[date, int], first: date) -> Chart:
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return Chart(
        title=_("The last %(days)s days") % {"days": DAYS},
        labels=[date_format(day, _("n/j")) for day in days],
        series=[Series(_("net"), [by_day.get(day, 0) for day in days])],
    )


def _kinds_chart(payments: PaymentQuerySet) -> Chart:
    drawn = Allocation.objects.filter(payment__in=payments.order_by(), payment__status__in=PAID)
    kinds = drawn.values("voucher__ticket_type__name").annotate(net=Sum(F("amount") - F("refunded")))
    rows = list(kinds.order_by("-net").values_list("voucher__ticket_type__name", "net"))
    return Chart(
        title=_("By ticket type"),
        labels=[name for name, _net in rows],
        series=[Series(_("net"), [net for _name, net in rows])],
    )


def _midnight(day: date) -> datetime:
    tz: Any = timezone.get_current_timezone()
    return datetime.combine(day, time.min, tzinfo=tz)
