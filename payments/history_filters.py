"""By what the payments' lists at both admin sites are narrowed down."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.contrib.admin import ListFilter, SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from merchants.models import Till
from payments.models import Allocation, Payment
from payments.periods import Period, quick_periods, read_day
from payments.wording import WORDINGS
from vouchers.models import Programme


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
        return _offered(queryset, self, Q(till=self.value()))


class RegionFilter(SimpleListFilter):
    """By one of the person's regions, where there are several."""

    title = gettext_lazy("region")
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        regions = model_admin.admin_site.scope(request)
        return [(str(region.pk), str(region)) for region in regions] if len(regions) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        return _offered(queryset, self, Q(region=self.value()))


class ProgrammeFilter(SimpleListFilter):
    """By the programme whose vouchers paid, in whole or in part."""

    title = gettext_lazy("programme")
    parameter_name = "programme"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        programmes = Programme.objects.filter(region__in=model_admin.region_ids(request))
        return [(str(pk), name) for pk, name in programmes.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        drawn = Allocation.objects.filter(payment=OuterRef("pk"), voucher__ticket_type__programme=self.programme_id)
        return _offered(queryset, self, Exists(drawn))

    @property
    def programme_id(self) -> UUID | None:
        """The one that was chosen, if it was on offer."""
        offered = {key for key, _words in self.lookup_choices}
        return UUID(self.value()) if self.value() in offered else None


def _offered(payments: QuerySet[Payment], chosen: SimpleListFilter, rows: Any) -> QuerySet[Payment]:
    """What was not on offer is answered like what does not exist: with nothing."""
    if not chosen.value():
        return payments
    offered = {key for key, _words in chosen.lookup_choices}
    return payments.filter(rows) if chosen.value() in offered else payments.none()
