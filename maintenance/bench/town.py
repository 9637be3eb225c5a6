"""The town that a bench pays in, written in bulk inside the platform's own environment.

Run by `manage.py shell` of the measured stack; what a bench needs to know is printed as one line of JSON.
"""

import json
import string
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import get_random_string

from merchants.models import Merchant, MerchantMember, Store, Till
from regions.demo_sign_in import DEMO_PASSWORD
from regions.models import Membership, NotaryCluster, Region, Resident, Role, User
from vouchers.models import EntryKind, LedgerEntry, Programme, ProgrammeStatus, TicketKind, TicketType, Voucher, Wallet

SLUG = "bench"
SHOPS = 40
# Enough for every payment of every bench.
FACE = 100_000_000
KINDS = (TicketKind.COMMON, TicketKind.LOCAL)
WRITTEN_AT_ONCE = 2000
# As Django makes a session's key.
TOKEN_LENGTH, TOKEN_LETTERS = 32, string.ascii_lowercase + string.digits

Row = TypeVar("Row", bound=Model)


def build(people: int) -> None:
    """Write the town: so many residents with a wallet of two vouchers each, and shops that take both.

    The notary is not told: its accounts are written on its own side.
    """
    cluster, _made = NotaryCluster.objects.get_or_create(slug="main")
    region = Region.objects.create(slug=SLUG, name="計測市", name_en="Bench City", notary=cluster)
    ticket_types = _ticket_types(region)
    tills = _tills(region, ticket_types)
    # One hash for all of them: a good hash is slow on purpose, and only one of them signs in by it.
    password = make_password(DEMO_PASSWORD)
    users = _write(User(email=address(number), name=f"住民{number}", password=password) for number in range(people))
    _write(EmailAddress(user=user, email=user.email or "", verified=True, primary=True) for user in users)
    residents = _write(
        Resident(region=region, user=user, resident_no=f"{number:06}", name=user.name, kana=f"ジュウミン{number:06}")
        for number, user in enumerate(users)
    )
    wallets = _write(Wallet(region=region, resident=resident) for resident in residents)
    _vouchers(wallets, ticket_types)
    _staff(region, password)
    _say({"region": SLUG, "tills": tills})


def address(number: int) -> str:
    return f"resident{number}@{SLUG}.example"


def merchant_name(number: int) -> str:
    return f"事業者{number}"


def let_in(token: str) -> None:
    """Give everybody a session like that of the token, which a real sign-in of the first has made; say the tokens.

    What differs between two people's sessions of the same minute is who they are, and nothing else.
    """
    session = Session.objects.get(session_key=token)
    template = _Template(json.dumps(session.get_decoded()), session.expire_date, User.objects.get(email=address(0)))
    residents = User.objects.filter(residencies__region__slug=SLUG).order_by("pk")
    sessions = [template.session_of(person) for person in residents]
    shop, staff = (User.objects.get(email=f"{name}@{SLUG}.example") for name in ("shop", "staff"))
    # The office's sign-in asks for a second factor, and the session remembers that it was given.
    others = [template.session_of(shop), template.session_of(staff, {"method": "mfa", "at": time.time()})]
    _write([*sessions, *others])
    tokens = [made.session_key for made in sessions]
    _say({"tokens": tokens, "shop": others[0].session_key, "staff": others[1].session_key})


@dataclass(frozen=True, slots=True)
class _Template:
    """A session that a real sign-in has made, as text, with whose it is."""

    text: str
    expires_at: datetime
    owner: User

    def session_of(self, person: User, *methods: dict[str, Any]) -> Session:
        text = self.text.replace(str(self.owner.pk), str(person.pk)).replace(str(self.owner.email), str(person.email))
        content = json.loads(text)
        content[AUTHENTICATION_METHODS_SESSION_KEY] += methods
        return Session(
            session_key=get_random_string(TOKEN_LENGTH, TOKEN_LETTERS),
            session_data=SessionStore().encode(content),
            expire_date=self.expires_at,
        )


def _ticket_types(region: Region) -> list[TicketType]:
    now = timezone.now()
    programme = Programme.objects.create(
        region=region,
        slug=SLUG,
        name="計測",
        status=ProgrammeStatus.PUBLISHED,
        use_from_at=now - timedelta(days=1000),
        use_until_at=now + timedelta(days=1000),
    )
    return [
        TicketType.objects.create(region=region, programme=programme, slug=kind, name=kind, kind=kind, restriction=rank)
        for rank, kind in enumerate(KINDS)
    ]


def _tills(region: Region, ticket_types: Sequence[TicketType]) -> list[str]:
    tills = []
    for number in range(SHOPS):
        merchant = Merchant.objects.create(region=region, name=merchant_name(number))
        store = Store.objects.create(region=region, merchant=merchant, store_no=f"S{number:04}", name=f"店舗{number}")
        store.ticket_types.set(ticket_types)
        tills.append(Till.objects.create(region=region, store=store, name="レジ1").code)
    return tills


def _vouchers(wallets: Sequence[Wallet], ticket_types: Sequence[TicketType]) -> None:
    now = timezone.now()
    vouchers = _write(
        Voucher(
            region_id=wallet.region_id,
            wallet=wallet,
            ticket_type=ticket_type,
            face=FACE,
            usable_from_at=now - timedelta(days=1000),
            expires_at=now + timedelta(days=100),
            registered_at=now,
            register_after=None,
        )
        for wallet in wallets
        for ticket_type in ticket_types
    )
    _write(
        LedgerEntry(region_id=v.region_id, voucher=v, kind=EntryKind.ISSUE, amount=v.face, source=v.pk, at=now)
        for v in vouchers
    )


def _staff(region: Region, password: str) -> None:
    clerk = User.objects.create(email=f"shop@{SLUG}.example", password=password)
    Membership.objects.create(user=clerk, region=region, role=Role.SHOP)
    MerchantMember.objects.create(merchant=Merchant.objects.get(region=region, name=merchant_name(0)), user=clerk)
    office = User.objects.create(email=f"staff@{SLUG}.example", password=password)
    Membership.objects.create(user=office, region=region, role=Role.SECRETARIAT)


def _write(rows: Iterable[Row]) -> list[Row]:
    found = list(rows)
    type(found[0])._default_manager.bulk_create(found, batch_size=WRITTEN_AT_ONCE)
    return found


def _say(document: Any) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
