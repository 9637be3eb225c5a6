"""Why a period cannot be closed. Nothing has moved."""

from datetime import date


class SettlementProblem(Exception):
    """Base of every refusal of this part."""


class PeriodNotOver(SettlementProblem):
    """The period's last day has not ended yet in the region."""

    def __init__(self, last_on: date) -> None:
        super().__init__(last_on)
        self.last_on = last_on


class PeriodNotNext(SettlementProblem):
    """Periods are closed in their order, and this is not the next; `first_on` is when that begins."""

    def __init__(self, first_on: date) -> None:
        super().__init__(first_on)
        self.first_on = first_on


class StatementDamaged(SettlementProblem):
    """A statement's rows are not those that its hash was made of."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number
