"""What is told to the office about a run, in words."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import RunState, TransferState
from payments.transfers import errors
from payments.transfers.payable import LeftOut

RUN_TONES = {
    RunState.DRAFT: "warning",
    RunState.APPROVED: "info",
    RunState.DOWNLOADED: "info",
    RunState.REPORTED: "success",
    RunState.DISCARDED: "danger",
}
TRANSFER_TONES = {
    TransferState.OPEN: "info",
    TransferState.PAID: "success",
    TransferState.BOUNCED: "danger",
    TransferState.RELEASED: "warning",
}
LEFT_OUT = {
    LeftOut.NO_ACCOUNT: gettext_lazy("no bank account yet"),
    LeftOut.ON_HOLD: gettext_lazy("account on hold: a transfer came back"),
    LeftOut.TOO_LARGE: gettext_lazy("more than one transfer can carry"),
}
UNREADABLE = {
    "length": gettext_lazy("it is not 120 characters long"),
    "characters": gettext_lazy("it has characters that no bank writes"),
    "result": gettext_lazy("its result is none of 0, 1, 2, 8 and 9"),
    "header": gettext_lazy("the first line must name the columns 番号 and 結果 (number, result)"),
    "twice": gettext_lazy("its number is in the list twice"),
}
FIELD_REASONS = {
    "too long": gettext_lazy("too long"),
    "not digits": gettext_lazy("not digits"),
    "character not allowed": gettext_lazy("a character that the banks do not know"),
    "out of range": gettext_lazy("out of range"),
}


def refusal(problem: errors.TransferProblem) -> str:  # noqa: C901 a table of refusals
    """Why it was not done."""
    match problem:
        case errors.PayDayInvalid():
            day = date_format(problem.day, "Y/m/d")
            return _("%(day)s is over, or banks are closed on it. Choose another pay day.") % {"day": day}
        case errors.NothingToPay():
            return _("Nothing can be paid on that day.")
        case errors.StatementsTaken():
            return _("Somebody else has just made a run with these statements. Nothing was made.")
        case errors.FieldInvalid():
            facts = {"field": problem.field, "value": problem.value, "reason": FIELD_REASONS[problem.reason]}
            return _("“%(value)s” does not fit the field %(field)s: %(reason)s.") % facts
        case errors.TooManyTransfers() | errors.SumTooLarge():
            return _("It is more than one file can carry. Choose an earlier pay day.")
        case errors.RunNotDraft():
            return _("This run cannot be changed any more.")
        case errors.RunStale():
            return _("These accounts have changed; make the run again: %(names)s") % {
                "names": "、".join(problem.merchants[:5])
            }
        case errors.NotApproved():
            return _("A second person has to agree first.")
        case errors.ReasonNeeded():
            return _("The file was handed out before. Please give a reason for doing so again.")
        case errors.FileDiffers():
            return _("The file is not the one that was approved. It is not handed out; please call the operator.")
        case errors.ResultProblem():
            return answer_refusal(problem)
    return _("It was not possible. Nothing was changed.")


def answer_refusal(problem: errors.ResultProblem) -> str:
    """Why a bank's answer was not taken in; nothing of it was."""
    match problem:
        case errors.ResultUnreadable():
            facts = {"line": problem.line, "reason": UNREADABLE[problem.reason]}
            return _("Line %(line)s cannot be read: %(reason)s. Nothing was taken in.") % facts
        case errors.ResultForeign():
            facts = {"line": problem.line}
            return (
                _("Line %(line)s is not of this run. Is it the answer to another file? Nothing was taken in.") % facts
            )
        case errors.ResultIncomplete():
            return _("It says nothing of: %(numbers)s. Nothing was taken in.") % {
                "numbers": "、".join(problem.numbers[:10])
            }
        case errors.ResultRepeated():
            return _("This answer was taken in before. Nothing was changed.")
    return _("The file has not been handed out yet, so there is no answer to it.")
