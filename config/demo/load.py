"""The demo's data, loaded once through the same use-cases that a town uses."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from config.demo.towns import FAMILY_NAMES, GIVEN_NAMES, SHOPS, TOWNS, DemoProgramme, DemoTicket, DemoTown, DemoUnit
from merchants.models import BankAccount, Merchant, MerchantMember
from merchants.store_import import import_stores
from payments.models import PayerAccount, SettlementRule, SettlementTerm
from regions.csv_import import Progress
from regions.demo_sign_in import DEMO_PASSWORD, DEMO_TOTP_SECRET
from regions.models import Membership, NotaryCluster, Region, Role, User
from regions.resident_import import import_residents
from vouchers.grant_import import import_grants
from vouchers.models import Allotment, Frame, FundingShare, Programme, ProgrammeStatus, TicketType, Unit, UnitPart
from vouchers.registration import register_due

RESIDENTS = 200
STORES = 42
OPERATOR = "operator@hansatsu.example"


def load_demo(progress: Progress) -> bool:
    """Make the demo's regions, people, shops and vouchers; return False if they are there already."""
    if User.objects.filter(email=OPERATOR).exists():
        return False
    notary, _made = NotaryCluster.objects.get_or_create(slug="main")
    for town in TOWNS:
        progress(town.name)
        _load_town(town, notary)
    # Last, because it says that all the rest is there.
    _with_second_factor(_person(OPERATOR, "運用担当", is_operator=True))
    return True


def register_all(progress: Progress) -> None:
    """Make the demo's vouchers known to the notary now, so that the first payment need not wait."""
    for cluster in NotaryCluster.objects.all():
        while count := register_due(cluster):
            progress(f"registered {count}")


def _load_town(town: DemoTown, notary: NotaryCluster) -> None:
    region, _made = Region.objects.get_or_create(
        slug=town.slug,
        defaults={
            "name": town.name,
            "name_kana": town.kana,
            "name_en": town.name_en,
            "app_name": town.app_name,
            "contact_name": f"{town.name}商品券事務局",
            "contact_email": f"jimukyoku@{town.slug}.example",
            "contact_phone": town.phone,
            "contact_hours": "平日 9:00〜17:00",
            "notary": notary,
        },
    )
    today = timezone.now().astimezone(region.tz).replace(hour=0, minute=0, second=0, microsecond=0)
    for programme in town.programmes:
        _programme(region, programme, today)
    import_residents(region=region, data=_csv(_residents(town)))
    _let_residents_in(region)
    import_stores(region=region, data=_csv(_stores(town)))
    import_grants(region=region, data=_csv(_grants(town, today)))
    _shop_and_staff(region)
    _settlement(region, today.date())


def _programme(region: Region, demo: DemoProgramme, today: datetime) -> None:
    programme, made = Programme.objects.get_or_create(
        region=region,
        slug=demo.slug,
        defaults={
            "name": demo.name,
            "description": demo.description,
            "issuer": f"{region.name}（実演）",
            "status": ProgrammeStatus.PUBLISHED,
            "budget": demo.budget,
            **_periods(demo, today),
            **demo.rules,
        },
    )
    if made:
        ticket_types = {ticket.slug: _ticket_type(programme, ticket) for ticket in demo.tickets}
        for position, unit in enumerate(demo.units):
            _unit(programme, unit, position, ticket_types)


def _periods(demo: DemoProgramme, today: datetime) -> dict[str, Any]:
    """People can apply or buy for four weeks from today, and use what they have had for a month already."""
    use_until_at = today + timedelta(days=max(ticket.days for ticket in demo.tickets) + 1)
    periods: dict[str, Any] = {
        "use_from_at": today - timedelta(days=30),
        "use_until_at": use_until_at,
        "claim_until_on": (use_until_at + timedelta(days=20)).date(),
    }
    name = {Allotment.LOTTERY: "apply", Allotment.FIRST_COME: "sale"}.get(demo.rules.get("allotment"))  # type: ignore[call-overload]
    if name:
        periods |= {f"{name}_from_at": today, f"{name}_until_at": today + timedelta(days=28)}
    return periods


def _ticket_type(programme: Programme, demo: DemoTicket) -> TicketType:
    ticket_type = TicketType.objects.create(
        region=programme.region,
        programme=programme,
        slug=demo.slug,
        name=demo.name,
        name_en=demo.name_en,
        kind=demo.kind,
        restriction=demo.restriction,
    )
    FundingShare.objects.bulk_create(
        FundingShare(region=programme.region, ticket_type=ticket_type, source=source, share=share)
        for source, share in demo.funding.items()
    )
    return ticket_type


def _unit(programme: Programme, demo: DemoUnit, position: int, ticket_types: dict[str, TicketType]) -> None:
    region = programme.region
    frame = None
    if demo.frame:
        frame = Frame.objects.create(
            region=region,
            programme=programme,
            slug=demo.frame.slug,
            name=demo.frame.name,
            age_from=demo.frame.age_from,
        )
    unit = Unit.objects.create(
        region=region,
        programme=programme,
        frame=frame,
        slug=demo.slug,
        name=demo.name,
        price=demo.price,
        stock=demo.stock,
        limit_per_person=demo.limit_per_person,
        position=position,
    )
    UnitPart.objects.bulk_create(
        UnitPart(region=region, unit=unit, ticket_type=ticket_types[slug], face=face)
        for slug, face in demo.parts.items()
    )


def _residents(town: DemoTown) -> Iterable[Sequence[object]]:
    yield "resident_no", "name", "kana", "birth_on", "address", "email"
    for number in range(RESIDENTS + 1):
        family, family_kana = FAMILY_NAMES[number % len(FAMILY_NAMES)]
        given, given_kana = GIVEN_NAMES[number // len(FAMILY_NAMES) % len(GIVEN_NAMES)]
        yield (
            f"{number:06}",
            f"{family} {given}",
            f"{family_kana} {given_kana}",
            f"{1935 + number * 7 % 70}-{number % 12 + 1:02}-{number % 28 + 1:02}",
            f"{town.name}{town.districts[number % len(town.districts)]}{number}番地",
            # The first one has the plain address: `resident@kashima.example`.
            f"resident{number or ''}@{town.slug}.example",
        )


def _stores(town: DemoTown) -> Iterable[Sequence[object]]:
    yield "store_no", "merchant", "name", "kana", "category", "floor_area", "address", "ticket_types", "tills"
    types = [ticket for programme in town.programmes for ticket in programme.tickets]
    for number in range(1, STORES + 1):
        trade, suffix, suffix_kana, area = SHOPS[number % len(SHOPS)]
        family, family_kana = FAMILY_NAMES[number % len(FAMILY_NAMES)]
        district = town.districts[number % len(town.districts)]
        name = f"{family}{suffix}{district}店" if number > len(SHOPS) else f"{family}{suffix}"
        taken = [ticket.slug for ticket in types if area <= 1000 or ticket.kind != "local"]
        yield (
            f"S{number:04}", f"{family}{suffix}", name, family_kana + suffix_kana, trade, area,
            f"{town.name}{district}{number}-1", ";".join(taken), 2 if area > 1000 else 1,
        )  # fmt: skip


def _grants(town: DemoTown, today: datetime) -> Iterable[Sequence[object]]:
    yield "resident_no", "programme", "ticket_type", "amount", "expires_on", "reason"
    for number in range(RESIDENTS + 1):
        for programme in town.programmes:
            for ticket in programme.tickets:
                expires_on = (today + timedelta(days=ticket.days)).date().isoformat()
                yield f"{number:06}", programme.slug, ticket.slug, ticket.held_by_everyone, expires_on, "実演"


def _let_residents_in(region: Region) -> None:
    people = list(User.objects.filter(residencies__region=region))
    # One hash for all of them: it is a demo, and a good hash is slow on purpose.
    password = make_password(DEMO_PASSWORD)
    for person in people:
        person.password = password
    User.objects.bulk_update(people, ["password"])
    EmailAddress.objects.bulk_create(
        (EmailAddress(user=person, email=person.email or "", verified=True, primary=True) for person in people),
        ignore_conflicts=True,
    )


def _shop_and_staff(region: Region) -> None:
    shop = _person(f"shop@{region.slug}.example", f"{region.name} 店舗担当")
    Membership.objects.get_or_create(user=shop, region=region, role=Role.SHOP)
    # In the demo one sign-in works in every shop, so that whichever till is tried can be looked at.
    for merchant in Merchant.objects.in_region(region):
        MerchantMember.objects.get_or_create(merchant=merchant, user=shop)
    # Two of them, because much of what an office does needs a second person.
    for address, name in (("staff", "事務局"), ("staff2", "事務局 係長")):
        staff = _with_second_factor(_person(f"{address}@{region.slug}.example", f"{region.name} {name}"))
        Membership.objects.get_or_create(user=staff, region=region, role=Role.SECRETARIAT)


@transaction.atomic
def _settlement(region: Region, today: date) -> None:
    """Closed on the 15th and at the end of the month, with accounts on both sides, so that a pay-out can be tried."""
    if SettlementRule.objects.in_region(region).exists():
        return
    rule = SettlementRule.objects.create(region=region, begins_on=today.replace(day=1))
    SettlementTerm.objects.bulk_create(
        [
            SettlementTerm(rule=rule, closing_day=15, pay_months_later=0, pay_day=31),
            SettlementTerm(rule=rule, closing_day=31, pay_months_later=1, pay_day=15),
        ]
    )
    bank = {"bank_code": "0130", "bank_kana": "ｼﾞﾖｳﾖｳ", "branch_code": "036", "branch_kana": "ｶｼﾏ"}
    PayerAccount.objects.create(
        region=region,
        name="商品券 支払口座（実演）",
        client_code="0000000001",
        client_name="ｼﾖｳﾋﾝｹﾝｼﾞﾑｷﾖｸ",
        account_number="0000001",
        **bank,
    )
    staff = User.objects.get(email=f"staff@{region.slug}.example")
    BankAccount.objects.bulk_create(
        BankAccount(
            region=region,
            merchant=merchant,
            bank_name="常陽銀行",
            branch_name="鹿島支店",
            number=f"{number:07}",
            holder_kana="ｼﾞﾂｴﾝ",
            requested_by=staff,
            effective_at=timezone.now(),
            **bank,
        )
        for number, merchant in enumerate(Merchant.objects.in_region(region), start=1)
    )


def _person(email: str, name: str, *, is_operator: bool = False) -> User:
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email=email, name=name, password=DEMO_PASSWORD, is_operator=is_operator
    )
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def _with_second_factor(user: User) -> User:
    Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": get_adapter().encrypt(DEMO_TOTP_SECRET)}}
    )
    return user


def _csv(lines: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()
