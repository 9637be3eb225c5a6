"""The payments' list at both admin sites: filters, sums of what is filtered, and the same as a file."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.history_files import WORKBOOK_ROWS_MAX, file_name, kinds_of, payment_rows, workbook_rows
from payments.history_filters import PeriodFilter, ProgrammeFilter
from payments.models import Payment
from payments.periods import Period
from payments.wording import TONES, wording, wording_key
from regions.admin_base import display
from regions.csv_export import csv_response
from regions.workbook import workbook_response
from regions.yen import yen


class PaymentHistory:
    """Columns, filters, search, sums and export that both sites' lists of payments share. A mixin."""

    change_list_template = "admin/payment_history.html"
    list_select_related: tuple[str, ...] = ("store", "till", "region")
    # Django shows the search where there are fields; what is searched, `get_search_results` says.
    search_fields: tuple[str, ...] = ("id",)
    # Whether the sums of all that there is would take longer than anybody waits.
    needs_period_for_sums = False

    @display(description=gettext_lazy("payment number"))
    def number_shown(self, payment: Payment) -> str:
        return payment.number

    @display(description=gettext_lazy("time"), ordering="authorised_at")
    def time_shown(self, payment: Payment) -> str:
        return date_format(timezone.localtime(payment.authorised_at), "Y/m/d H:i:s")

    @display(description=gettext_lazy("amount"), ordering="amount")
    def amount_shown(self, payment: Payment) -> str:
        return yen(payment.amount)

    @display(description=gettext_lazy("refunded"), ordering="refunded")
    def refunded_shown(self, payment: Payment) -> str:
        return yen(payment.refunded) if payment.refunded else "-"

    @display(description=gettext_lazy("status"), label=TONES)
    def wording_shown(self, payment: Payment) -> tuple[str, str]:
        return wording_key(payment), str(wording(payment).words)

    @display(description=gettext_lazy("status"))
    def words_shown(self, payment: Payment) -> str:
        return str(wording(payment).words)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        by_number = queryset.with_number_like(search_term)
        if search_term and by_number.exists():
            return by_number, False
        return (self.find_by_words(request, queryset, search_term) if search_term.strip() else queryset), False

    def find_by_words(self, request: HttpRequest, payments: QuerySet[Payment], words: str) -> QuerySet[Payment]:
        """What is meant by anything but a payment's number; nothing, unless a site knows more."""
        return payments.none()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: Any = super().changelist_view(request, extra_context)  # type: ignore[misc]
        # A list that was asked for wrongly is answered with a redirect, which has no list.
        if changelist := (getattr(response, "context_data", None) or {}).get("cl"):
            response.context_data |= _above_the_list(changelist, needs_period=self.needs_period_for_sums)
        return response  # type: ignore[no-any-return]

    def region_ids(self, request: HttpRequest) -> list[Any]:
        """The regions whose programmes are offered as a filter."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        site = self.admin_site  # type: ignore[attr-defined]
        files = {"export": self.csv_view, "workbook": self.workbook_view}
        return [
            *(path(f"{name}/", site.admin_view(view), name=f"payments_payment_{name}") for name, view in files.items()),
            *urls,
        ]

    def csv_view(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows under the same filters, all pages of it, oldest first."""
        return csv_response(f"{file_name()}.csv", payment_rows(self._filtered(request)))

    def workbook_view(self, request: HttpRequest) -> HttpResponseBase:
        """The same as a workbook with its sums; a list too long for one leads back to the filter."""
        payments = self._filtered(request)
        if payments[WORKBOOK_ROWS_MAX:].exists():
            most = f"{WORKBOOK_ROWS_MAX:,}"
            text = _("A workbook holds up to %(most)s payments. Please choose a shorter period, or the CSV.")
            messages.warning(request, text % {"most": most})
            return redirect(f"{request.path.removesuffix('workbook/')}?{request.GET.urlencode()}")
        return workbook_response(f"{file_name()}.xlsx", str(gettext_lazy("payments")), workbook_rows(payments))

    def _filtered(self, request: HttpRequest) -> QuerySet[Payment]:
        payments: QuerySet[Payment] = self.get_changelist_instance(request).get_queryset(request)  # type: ignore[attr-defined]
        return payments


def _above_the_list(changelist: Any, *, needs_period: bool) -> dict[str, Any]:
    """The filter form, the sums of what it lets through, and the address of the same as a file."""
    period = next(spec for spec in changelist.filter_specs if isinstance(spec, PeriodFilter))
    selects = [spec for spec in changelist.filter_specs if isinstance(spec, SimpleListFilter)]
    is_summed = period.period != Period() or not needs_period
    programme = next((spec.programme_id for spec in selects if isinstance(spec, ProgrammeFilter)), None)
    sums = changelist.queryset.sums(programme_id=programme) if is_summed else {}
    return {
        "period": period.period,
        "quick_periods": list(period.choices(changelist)),
        "selects": [_select(spec) for spec in selects],
        "sums": {name: f"{total:,}" if name == "count" else yen(total) for name, total in sums.items()},
        "kinds": kinds_of(changelist.queryset, programme) if is_summed else [],
        "query": changelist.get_query_string({}, ["p"]),
    }


def _select(spec: SimpleListFilter) -> dict[str, Any]:
    options = [(key, words, key == spec.value()) for key, words in spec.lookup_choices]
    return {"name": spec.parameter_name, "title": spec.title, "options": options}
