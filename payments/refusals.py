"""Why a payment was not made, as the person at the till needs it: what is, and what to do now."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.emv import Wrong
from merchants.errors import MerchantProblem, PayloadElsewhere, PayloadWrong, TillUnknown
from payments.errors import (
    AmountInvalid,
    ChargeGone,
    ChargeTaken,
    CodeElsewhere,
    CodeExpired,
    CodeShort,
    CodeUnknown,
    CodeUnreadable,
    CodeUsed,
    KeyReused,
    NotaryAway,
    PaymentInProgress,
    PaymentProblem,
    TooManyGuesses,
)
from regions.yen import yen
from vouchers.errors import InsufficientBalance, VoucherProblem

# Whatever `payments.paying.pay` refuses with.
REFUSED = (PaymentProblem, VoucherProblem, MerchantProblem)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The words, the HTTP status, and whether the very same request is worth sending again."""

    status: int
    title: str
    advice: str
    can_retry: bool = False


def tell(problem: Exception, *, amount: int) -> Refusal:
    """What the person is told. Nothing was paid in any of these cases, and the page says so as well."""
    if isinstance(problem, InsufficientBalance):
        return _short_of(amount=amount, available=problem.available)
    if isinstance(problem, NotaryAway):
        advice = _("Please wait a little and try again, or pay in another way.")
        return Refusal(503, _("Payments are not possible for the moment."), advice, can_retry=True)
    if isinstance(problem, PaymentInProgress):
        title = _("Another payment with your vouchers is being made at this moment.")
        advice = _("Please wait a few seconds and try again. You will not pay twice.")
        return Refusal(409, title, advice, can_retry=True)
    if isinstance(problem, KeyReused):
        advice = _("Please look at your history first, and then begin again with the amount.")
        return Refusal(422, _("This page was used for another payment already."), advice)
    if isinstance(problem, TillUnknown):
        return Refusal(404, _("This till takes no payments at the moment."), _("Please ask the shop for another code."))
    return _tell_of_codes(problem)


def _tell_of_codes(problem: Exception) -> Refusal:
    if isinstance(problem, ChargeTaken):
        title = _("Somebody else is paying this, or has paid it.")
        return Refusal(409, title, _("Please ask the shop whether it is paid. You need do nothing."))
    if isinstance(problem, ChargeGone):
        title = _("The shop has taken this payment back, or its time is over.")
        return Refusal(410, title, _("Please ask the shop for a new code."))
    if isinstance(problem, CodeExpired):
        return Refusal(410, _("The time to answer is over."), _("If you want to pay, please show a new code."))
    if isinstance(problem, CodeUsed):
        return Refusal(409, _("This question was answered already."), _("If you want to pay, please show a new code."))
    return Refusal(422, _("The payment was not possible."), _("Please begin again with the amount."))


def say_wrong(problem: PayloadWrong | PayloadElsewhere) -> str:
    """Why a scanned code cannot be paid with, and what to do."""
    if isinstance(problem, PayloadElsewhere):
        return _("This code is not of this region's vouchers. Please scan the QR code that shows its name.")
    if problem.why == Wrong.CHECKSUM:
        return _("The code was not read correctly (its check number does not fit). Please scan it again.")
    return _("The code was not read completely. Please scan it again, or type the code that is written under it.")


def _short_of(*, amount: int, available: int) -> Refusal:
    if not available:
        advice = _("You have no vouchers that can be used at this shop. Please pay in cash or in another way.")
        return Refusal(402, _("Your vouchers are not enough"), advice)
    advice = _(
        "Your vouchers for this shop come to %(available)s. Please pay the other %(missing)s in cash, for example."
    )
    facts = {"available": yen(available), "missing": yen(amount - available)}
    return Refusal(402, _("Your vouchers are not enough"), advice % facts)


def tell_shop(problem: Exception) -> str:
    """Why a customer's code was not taken, for the person at the till, and what to do. Nothing was paid."""
    if isinstance(problem, AmountInvalid):
        return _("You can pay up to %(limit)s at a time.") % {"limit": yen(problem.limit)}
    if isinstance(problem, NotaryAway):
        return _("Payments are not possible for the moment. Nothing was paid.")
    if isinstance(problem, PaymentInProgress):
        return _("Another payment of this customer is being made. Please try again in a few seconds.")
    found = next((sentence for kind, sentence in OF_CODES.items() if isinstance(problem, kind)), None)
    return str(found or _("The payment was not possible."))


OF_CODES: dict[type[Exception], Promise | str] = {
    CodeUnreadable: gettext_lazy(
        "This is not a code that customers show. Please scan it again or type its ten digits."
    ),
    CodeElsewhere: gettext_lazy("This code is of another service or another region. It cannot be used here."),
    CodeUnknown: gettext_lazy("There is no such code. Please compare the digits, or ask for a new code."),
    CodeUsed: gettext_lazy("This code was used already. Please ask the customer to show a new one."),
    CodeExpired: gettext_lazy("This code's minute is over. Please ask the customer to show a new one."),
    CodeShort: gettext_lazy("The customer's vouchers for this shop are not enough. Nothing was taken."),
    TooManyGuesses: gettext_lazy("Too many wrong codes were entered at this till. Please wait five minutes."),
}
