"""A few purchases in each of the demo's towns, so that no shop's first day is an empty page."""

from merchants.models import MerchantMember, Till
from payments.authorisation import PaymentRequest, authorise
from payments.models import Payment
from payments.refund_verification import verify_refunds
from payments.refunds import RefundRequest, refund_payment
from payments.verification import verify_due
from regions.csv_import import Progress
from regions.models import Region
from vouchers.models import Wallet

# One purchase each of the last residents on the list.
AMOUNTS = (480, 1_200, 350, 2_640, 780, 1_980, 260, 3_300, 640, 920)


def go_shopping(progress: Progress) -> None:
    """Pay at ten tills of every town and give one payment back in part; once, by the payments' keys.

    The vouchers must be known to the notary by then, and the notary must answer.
    """
    for region in Region.objects.select_related("notary"):
        for payment in _pay(region):
            progress(f"{region.name}: {payment.number}")
        while verify_due(region.notary):
            pass
        _give_back(region)


def _pay(region: Region) -> list[Payment]:
    wallets = Wallet.objects.in_region(region).order_by("-resident__resident_no")[: len(AMOUNTS)]
    tills = list(Till.objects.in_region(region).order_by("store__store_no", "name")[: len(AMOUNTS) // 2])
    return [
        authorise(PaymentRequest(region, wallet.pk, tills[number % len(tills)].code, amount, f"demo {number}"))
        for number, (wallet, amount) in enumerate(zip(wallets, AMOUNTS, strict=True))
    ]


def _give_back(region: Region) -> None:
    payment = Payment.objects.in_region(region).paid().order_by("authorised_at").first()
    member = payment and MerchantMember.objects.filter(merchant=payment.store.merchant).select_related("user").first()
    if payment and member:
        refund_payment(RefundRequest(payment.pk, 100, "打ち間違い（実演）", member.user, "demo"))
        verify_refunds(region.notary)
