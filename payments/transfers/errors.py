"""What can be wrong with a transfer file, a run or a bank's result. Nothing has moved."""

from collections.abc import Sequence
from datetime import date


class TransferProblem(Exception):
    """Base of every refusal of this part."""


class FieldInvalid(TransferProblem):
    """A value does not fit its field of a record."""

    def __init__(self, *, field: str, value: object, reason: str) -> None:
        super().__init__(field, value, reason)
        self.field = field
        self.value = value
        self.reason = reason


class TooManyTransfers(TransferProblem):
    """A file holds at most 999,999 transfers."""


class SumTooLarge(TransferProblem):
    """A file's total has at most twelve digits."""


class PayDayInvalid(TransferProblem):
    """The pay day is in the past, or banks are closed on it."""

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


class NothingToPay(TransferProblem):
    """No statement can be paid on that day."""


class StatementsTaken(TransferProblem):
    """Another run was made at the same time and has taken some of the statements."""


class RunNotDraft(TransferProblem):
    """The run is no draft any more; it can be changed or approved no further."""


class RunStale(TransferProblem):
    """An account of the run has changed, or is on hold, since it was made; `merchants` are their names."""

    def __init__(self, merchants: Sequence[str]) -> None:
        super().__init__(merchants)
        self.merchants = merchants


class NotApproved(TransferProblem):
    """Nobody gets a file that a second person has not approved."""


class ReasonNeeded(TransferProblem):
    """The file was handed out before; doing so again needs a reason."""


class FileDiffers(TransferProblem):
    """The bytes made now are not those whose hash was kept."""


class ResultProblem(TransferProblem):
    """Base of what is wrong with a bank's result file; the whole of it is refused."""


class ResultUnreadable(ResultProblem):
    """Line `line` is no record of a result file: `reason`."""

    def __init__(self, *, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


class ResultForeign(ResultProblem):
    """It is the answer to another file: line `line` is not what was sent."""

    def __init__(self, *, line: int) -> None:
        super().__init__(line)
        self.line = line


class ResultIncomplete(ResultProblem):
    """It says nothing of these transfers, by number."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(numbers)
        self.numbers = numbers


class ResultRepeated(ResultProblem):
    """A result of this run was taken in before."""


class NotSent(ResultProblem):
    """The run's file was never handed out, so no bank can have answered it."""
