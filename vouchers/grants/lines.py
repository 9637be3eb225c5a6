"""A line of a list of grants, read and checked: whom, what, how much, until when."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regions.csv_import import BadValue, Row
from regions.models import Region, Resident
from vouchers.grants.people import Register
from vouchers.grants.rules import FactMissing, Facts, NotEntitled, amount_for, last_day_for
from vouchers.models import TicketType

COLUMNS = {
    "resident_no": "利用者番号",
    "programme": "事業",
    "ticket_type": "券種",
    "amount": "金額",
    "expires_on": "有効期限",
    "reason": "理由",
    "child_no": "子の利用者番号",
    "birth_order": "出生順",
    "children": "子の人数",
    "basis_on": "基準日",
}
REQUIRED = ("resident_no", "programme", "ticket_type")
AMOUNT_MAX = 10_000_000
CHILDREN_MAX = 30


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A checked line; `amount` in yen, `expires_at` aware, `key` the same for what means the same grant."""

    number: int
    resident: Resident
    child: Resident | None
    ticket_type: TicketType
    amount: int
    expires_at: datetime
    basis_on: date | None
    reason: str
    key: str

    @property
    def whom(self) -> tuple[UUID, UUID, UUID | None]:
        return self.ticket_type.pk, self.resident.pk, self.child.pk if self.child else None

    @property
    def has_left(self) -> bool:
        """Whether the person, or the child, has moved out according to the region's list."""
        return any(person and person.moved_out_on for person in (self.resident, self.child))


@dataclass(slots=True)
class LineChecker:
    """Checks line by line against the register; raise BadValue with a reason that the office understands."""

    region: Region
    register: Register
    now: datetime
    seen: dict[str, int] = field(default_factory=dict)

    def __call__(self, row: Row) -> GrantLine:
        resident = self._person(row, "resident_no")
        child = self._person(row, "child_no") if row.text("child_no") else None
        ticket_type = self.register.ticket_types.get(
            (row.text("programme", required=True), row.text("ticket_type", required=True))
        )
        if ticket_type is None:
            raise BadValue(_("there is no such programme and ticket type"))
        basis_on = row.day("basis_on") or ticket_type.programme.basis_on
        by_rule = not row.text("amount")
        facts = self._facts(row, resident, child)
        amount = (
            self._amount_by_rule(ticket_type, facts, basis_on)
            if by_rule
            else row.whole_number("amount", least=1, most=AMOUNT_MAX)
        )
        line = GrantLine(
            number=row.number,
            resident=resident,
            child=child,
            ticket_type=ticket_type,
            amount=amount,
            expires_at=self._expiry(row, ticket_type, facts),
            basis_on=basis_on,
            reason=row.text("reason"),
            key=_key(row, resident, child, ticket_type, None if by_rule else amount),
        )
        self._once(line)
        return line

    def _person(self, row: Row, column: str) -> Resident:
        resident = self.register.residents.get(row.text(column, required=True))
        if resident is None:
            raise BadValue(_("there is no resident of this number"))
        return resident

    def _facts(self, row: Row, resident: Resident, child: Resident | None) -> Facts:
        def count(column: str) -> int | None:
            return row.whole_number(column, least=0, most=CHILDREN_MAX) if row.text(column) else None

        return Facts((child or resident).birth_on, count("birth_order"), count("children"))

    def _amount_by_rule(self, ticket_type: TicketType, facts: Facts, basis_on: date | None) -> int:
        rule = self.register.rules.get(ticket_type.pk)
        if rule is None:
            raise BadValue(_("there is no amount, and the ticket type has no rule for it"))
        try:
            return amount_for(rule, facts, basis_on=basis_on or self.now.astimezone(self.region.tz).date())
        except FactMissing as missing:
            raise BadValue(_("%(column)s is needed for the rule") % {"column": missing.fact}) from missing
        except NotEntitled as problem:
            raise BadValue(_("by the rule this person gets nothing")) from problem

    def _expiry(self, row: Row, ticket_type: TicketType, facts: Facts) -> datetime:
        """The end of the last day in the region's time zone; without one, as the ticket type."""
        day = row.day("expires_on") or self._last_day_by_rule(ticket_type, facts)
        if day is None:
            expires_at = ticket_type.good_until_at
        elif day.year > 9000:
            raise BadValue(_("this expiry is too far away"))
        else:
            expires_at = datetime.combine(day + timedelta(days=1), time(), tzinfo=self.region.tz)
        if expires_at <= max(self.now, ticket_type.good_from_at):
            raise BadValue(_("it would have expired already"))
        return expires_at

    def _last_day_by_rule(self, ticket_type: TicketType, facts: Facts) -> date | None:
        rule = self.register.rules.get(ticket_type.pk)
        try:
            today = self.now.astimezone(self.region.tz).date()
            return last_day_for(rule, facts, issued_on=today) if rule else None
        except FactMissing as missing:
            raise BadValue(_("%(column)s is needed for the rule") % {"column": missing.fact}) from missing

    def _once(self, line: GrantLine) -> None:
        first = self.seen.setdefault(line.key, line.number)
        if first != line.number:
            raise BadValue(_("the same as line %(line)s; give another reason if both are meant") % {"line": first})


def _key(row: Row, *what: Any) -> str:
    """What a grant means: the person, the child, the ticket type, the amount unless a rule finds it, the words."""
    resident, child, ticket_type, amount = what
    day = row.day("expires_on")
    parts = [resident.pk, child.pk if child else "", ticket_type.pk, amount or "rule", day or "", row.text("reason")]
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()
