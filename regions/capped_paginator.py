"""Pages of a list that may have millions of rows: nobody turns to the ten-thousandth, so nobody counts that far."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property

CAP = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to CAP rows; who looks for one beyond them filters."""

    @cached_property
    def count(self) -> int:
        counted: int = self.object_list.order_by()[:CAP].count()  # type: ignore[attr-defined]
        return counted
