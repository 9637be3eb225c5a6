"""Why a payment was not made, as the person at the till needs it: what is, and what to do now."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from merchants.errors import MerchantProblem, TillUnknown
from payments.errors import KeyReused, NotaryAway, PaymentInProgress, PaymentProblem
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
    return Refusal(422, _("The payment was not possible."), _("Please begin again with the amount."))


def _short_of(*, amount: int, available: int) -> Refusal:
    if not available:
        advice = _("You have no vouchers that can be used at this shop. Please pay in cash or in another way.")
        return Refusal(402, _("Your vouchers are not enough"), advice)
    advice = _(
        "Your vouchers for this shop come to %(available)s. Please pay the other %(missing)s in cash, for example."
    )
    facts = {"available": yen(available), "missing": yen(amount - available)}
    return Refusal(402, _("Your vouchers are not enough"), advice % facts)
