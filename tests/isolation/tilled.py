"""What a world's tills have: a key for their software, a charge that waits, a code that asks its owner."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.utils import timezone

from merchants.till_keys import make_key
from payments.charges import ChargeRequest, make_charge
from payments.models import CodeGuesses, PayCode
from regions.models import User
from tests.factories import Town


def equip_tills(town: Town, mark: str, *, by: User) -> None:
    """A charge and a code that could be paid at this moment, by whoever were let."""
    now = timezone.now()
    key, _secret = make_key(merchant=town.store.merchant, name=mark, by=by)
    make_charge(ChargeRequest(key, town.region, town.till.code, 300, "waiting", lives=3_600))
    PayCode.objects.create(
        region=town.region,
        wallet=town.wallet,
        device=UserSession.objects.create(user=town.user, session_key=f"of {mark}", ip="127.0.0.1"),
        digest=mark,
        expires_at=now + timedelta(hours=1),
        till=town.till,
        amount=6_200,
        asked_at=now,
        answer_until=now + timedelta(hours=1),
    )
    CodeGuesses.objects.create(till=town.till, region=town.region, since=now, wrong=1)
