"""A payment that a region has guaranteed and the notary refused afterwards: how a test comes by one."""

from django.conf import settings

from notary.client.values import Void
from payments import breaker
from payments.authorisation import PaymentRequest, authorise
from payments.models import Payment
from payments.states import Status
from payments.verification import verify_due
from regions.ids import new_id
from regions.models import OutagePolicy, Region
from tests.factories import Town
from vouchers.notaries import notary_of


def guaranteed(town: Town, amount: int = 1000) -> Payment:
    """A payment that the town stands for while its notary is away; the notary stays away."""
    Region.objects.filter(pk=town.region.pk).update(outage_policy=OutagePolicy.ACCEPT)
    town.region.refresh_from_db()
    for _ in range(settings.BREAKER_FAILURES):
        breaker.record_failure(town.region.notary_id, cause="timeout")
    payment = authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, amount, f"key {new_id()}"))
    payment.refresh_from_db()
    return payment


def disputed(town: Town, amount: int = 1000) -> Payment:
    """The same after the notary has come back, and has refused it: it had been told that it does not happen."""
    payment = guaranteed(town, amount)
    notary_of(town.region.notary).decide([Void(id=payment.pk)], budget=1)
    breaker.record_answer(town.region.notary_id, seconds=0.01)
    verify_due(town.region.notary)
    payment.refresh_from_db()
    assert payment.status == Status.DISPUTED
    return payment
