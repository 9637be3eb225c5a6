"""Situations around orders: a programme with one kind of unit, and people who order."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.test import TestCase
from django.utils import timezone

from regions.models import Resident
from tests.factories import ResidentFactory, Town
from vouchers.models import Order, StockSlice, Unit, UnitPart
from vouchers.order_states import HOLDING
from vouchers.orders import open_order

PRICE, FACE = 5_000, 6_500


def committed() -> Any:
    """What is to follow a commit follows at the end of the block."""
    return TestCase.captureOnCommitCallbacks(execute=True)


class Sale(Town):
    """A unit costs 5,000 yen and is worth 6,500; ten are there unless told otherwise."""

    def __init__(self, *, stock: int = 10, unit: dict[str, Any] | None = None, **programme: Any) -> None:
        super().__init__()
        now = timezone.now()
        terms = {
            "status": "published",
            "allotment": "first_come",
            "residence_rule": "anybody",
            "sale_from_at": now - timedelta(hours=1),
            "sale_until_at": now + timedelta(days=30),
            **programme,
        }
        for name, value in terms.items():
            setattr(self.programme, name, value)
        self.programme.save()
        self.unit: Unit = Unit.objects.create(
            region=self.region, programme=self.programme, slug="unit", name="1口", price=PRICE, stock=stock,
            **(unit or {}),
        )  # fmt: skip
        UnitPart.objects.create(region=self.region, unit=self.unit, ticket_type=self.common, face=FACE)

    def order(
        self, units: int = 1, *, by: Resident | None = None, key: str = "", pay_by_at: datetime | None = None
    ) -> Order:
        return open_order(
            resident=by or self.resident,
            programme=self.programme,
            lines={self.unit.pk: units},
            pay_by_at=pay_by_at or timezone.now() + timedelta(days=14),
            key=key or uuid4().hex,
        )

    def neighbour(self, **facts: Any) -> Resident:
        found: Resident = ResidentFactory(region=self.region, **facts)
        return found

    def left(self) -> int:
        return sum(part.units_left for part in StockSlice.objects.filter(unit=self.unit))

    def assert_nothing_oversold(self) -> None:
        """What is left and what orders hold are all the units that there ever were."""
        held = Order.objects.filter(programme=self.programme, status__in=HOLDING).values_list("lines__units", flat=True)
        assert self.left() + sum(held) == self.unit.stock
