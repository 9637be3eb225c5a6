import time, pytest
from unittest import mock
from django.utils import timezone
from payments import outcomes, verification, breaker, resolver
from payments.models import Payment, Allocation, NotaryHealth
from payments.states import Status
from payments.refunds import *
from payments.authorisation import *
from payments.verification import verify_due
from tests.protocol import profiles
from tests.protocol.invariants import Violation
from tests.protocol.test_protocol_on_the_database import DatabaseMachine
from tests.factories import Town
from vouchers import spending
from vouchers.spending import Movement
real=verification.give_up
def no_fence(cluster, *, now):
    n=real(cluster, now=now)
    for p in Payment.objects.filter(region__notary=cluster, status=Status.VOIDING):
        Payment.objects.filter(pk=p.pk).update(status=Status.VOIDED, next_attempt_at=None)
        spending.release([Movement(p.region_id,a.voucher_id,a.amount,p.pk,now) for a in Allocation.objects.filter(payment=p)])
    return n
real_credit=outcomes._credit_stores
def push_only(moved, stores):
    real_credit([m for m in moved if m[0].attempts==1], stores)
@pytest.mark.django_db(transaction=True)
def test_power(settings, capsys):
    settings.NOTARY_ADAPTER = "tests.protocol.network.network_at"
    PR=profiles.profile(examples=25, steps=40, shrink=False)
    with capsys.disabled():
        for name, mod, attr, f in (("push",outcomes,"_credit_stores",push_only),("nofence",verification,"give_up",no_fence)):
          for s in (0,1):
            t=time.time()
            with mock.patch.object(mod,attr,f):
                try:
                    profiles.run(DatabaseMachine, PR, with_seed=s); r="MISS"
                except Violation as v: r=v.args[0]
                except Exception as e: r=repr(e)[:200]
            print(name, s, round(time.time()-t), r, flush=True)
    Payment.objects.all()
    import tests.conftest
    tests.conftest.assert_books_balance=lambda: None
@pytest.mark.django_db(transaction=True)
def test_breaker(notary, capsys):
    town=Town(balance=5000)
    p=authorise(PaymentRequest(town.region, town.wallet.pk, town.till.code, 1000, "k"))
    verify_due(town.region.notary)
    refund_payment(RefundRequest(p.pk, 100, "x", town.shop_person(), "k"))
    for _ in range(3): breaker.record_failure(town.region.notary_id, cause="timeout")
    NotaryHealth.objects.update(probe_after=timezone.now()+timedelta(seconds=60))
    n=len(notary.calls)
    resolver.sweep(town.region.notary_id)
    with capsys.disabled(): print("calls while open:", notary.calls[n:])
