"""The payments' list at both admin sites: filters, sums of what is filtered, and the same as a file."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.admin import ListFilter, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from merchants.models import Till
from payments.models import Payment
from payments.periods import Period, quick_periods, read_day
from payments.wording import TONES, WORDINGS, counted, wording, wording_key
from regions.admin_base import display
from regions.csv_export import csv_response
from regions.yen import yen

EXPORT_BATCH = 2000


class PeriodFilter(ListFilter):
    """From one day to another, in the time zone of the site."""

    title = gettext_lazy("period")
    first_parameter, last_parameter = "from", "to"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        first, last = (params.pop(name, [None])[-1] for name in (self.first_parameter, self.last_parameter))
        self.period = Period(read_day(first), read_day(last))

    def expected_parameters(self) -> list[str | None]:
        return [self.first_parameter, self.last_parameter]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        tz: Any = timezone.get_current_timezone()
        if starts_at := self.period.starts_at(tz):
            queryset = queryset.filter(authorised_at__gte=starts_at)
        if ends_before := self.period.ends_before(tz):
            queryset = queryset.filter(authorised_at__lt=ends_before)
        return queryset

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        for words, period in quick_periods(timezone.localdate()):
            days = {self.first_parameter: period.first, self.last_parameter: period.last}
            yield {
                "selected": period == self.period,
                "query_string": changelist.get_query_string(days, ["p"]),
                "display": words,
            }


class WordingFilter(SimpleListFilter):
    """By what a payment is called at the counter."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(key, wording.words) for key, wording in WORDINGS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        found = WORDINGS.get(self.value() or "")
        return queryset.filter(found.rows) if found else queryset


class TillFilter(SimpleListFilter):
    """By one of the tills that the person may see."""

    title = gettext_lazy("till")
    parameter_name = "till"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        tills = model_admin.choices_of(request, Till).select_related("store")
        return [(str(till.pk), str(till)) for till in tills]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        return _only(queryset, self, "till")


class RegionFilter(SimpleListFilter):
    """By one of the person's regions, where there are several."""

    title = gettext_lazy("region")
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        regions = model_admin.admin_site.scope(request)
        return [(str(region.pk), str(region)) for region in regions] if len(regions) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        return _only(queryset, self, "region")


def _only(payments: QuerySet[Payment], chosen: SimpleListFilter, column: str) -> QuerySet[Payment]:
    """What was not on offer is answered like what does not exist: with nothing."""
    if not chosen.value():
        return payments
    offered = {key for key, _words in chosen.lookup_choices}
    return payments.filter(**{column: chosen.value()}) if chosen.value() in offered else payments.none()


class PaymentHistory:
    """Columns, filters, search, sums and export that both sites' lists of payments share. A mixin."""

    change_list_template = "admin/payment_history.html"
    list_select_related: tuple[str, ...] = ("store", "till", "region")
    # Django shows the search where there are fields; what is searched, `get_search_results` says.
    search_fields: tuple[str, ...] = ("id",)
    # Whether the sums of all that there is would take longer than anybody waits.
    needs_period_for_sums = False
    export_columns = (
        gettext_lazy("payment number"),
        gettext_lazy("date and time"),
        gettext_lazy("store"),
        gettext_lazy("till"),
        gettext_lazy("status"),
        gettext_lazy("amount (yen)"),
        gettext_lazy("refunded (yen)"),
        gettext_lazy("counted (yen)"),
        gettext_lazy("decided"),
        gettext_lazy("payment id"),
    )

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

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export_view)  # type: ignore[attr-defined]
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("export/", view, name="payments_payment_export"), *urls]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """What the list shows under the same filters, all pages of it, oldest first."""
        payments = self.get_changelist_instance(request).get_queryset(request)  # type: ignore[attr-defined]
        payments = payments.order_by("authorised_at", "id").select_related("store", "till")
        name = f"payments-{timezone.localdate():%Y%m%d}.csv"
        return csv_response(name, self._export_rows(payments, timezone.get_current_timezone()))  # type: ignore[return-value]

    def _export_rows(self, payments: QuerySet[Payment], tz: Any) -> Iterator[list[object]]:
        yield [str(column) for column in self.export_columns]
        for payment in payments.iterator(chunk_size=EXPORT_BATCH):
            yield [
                payment.number,
                f"{payment.authorised_at.astimezone(tz):%Y-%m-%d %H:%M:%S}",
                payment.store.name,
                payment.till.name,
                str(wording(payment).words),
                payment.amount,
                payment.refunded,
                counted(payment),
                f"{payment.decided_at.astimezone(tz):%Y-%m-%d %H:%M:%S}" if payment.decided_at else "",
                str(payment.pk),
            ]


def _above_the_list(changelist: Any, *, needs_period: bool) -> dict[str, Any]:
    """The filter form, the sums of what it lets through, and the address of the same as a file."""
    period = next(spec for spec in changelist.filter_specs if isinstance(spec, PeriodFilter))
    selects = [spec for spec in changelist.filter_specs if isinstance(spec, SimpleListFilter)]
    is_summed = period.period != Period() or not needs_period
    sums = changelist.queryset.sums() if is_summed else {}
    return {
        "period": period.period,
        "quick_periods": list(period.choices(changelist)),
        "selects": [_select(spec) for spec in selects],
        "sums": {name: f"{total:,}" if name == "count" else yen(total) for name, total in sums.items()},
        "export_address": f"export/{changelist.get_query_string({}, ['p'])}",
    }


def _select(spec: SimpleListFilter) -> dict[str, Any]:
    options = [(key, words, key == spec.value()) for key, words in spec.lookup_choices]
    return {"name": spec.parameter_name, "title": spec.title, "options": options}
