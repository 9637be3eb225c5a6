"""What a business of a world has beside its stores: an account, an application, people invited, sizes decided."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Model
from django.utils import timezone

from merchants.models import (
    AccountHold,
    ApplicationStep,
    ApplicationStore,
    BankAccount,
    Invitation,
    JoinApplication,
    JoiningRules,
    MemberRole,
    SizeRule,
    StoreDecision,
)

if TYPE_CHECKING:
    from tests.isolation.worlds import World


def have_joined(world: "World", mark: str) -> list[Model]:
    """One row of each, every text of it marked."""
    town, now = world.town, timezone.now()
    merchant, region = town.store.merchant, town.region
    account = BankAccount.objects.create(
        region=region,
        merchant=merchant,
        bank_code="0130",
        bank_name=mark,
        bank_kana=mark[:15],
        branch_code="036",
        branch_name=mark,
        branch_kana=mark[:15],
        number="1234567",
        holder_kana=mark,
        requested_by=world.shop,
        effective_at=now + timedelta(days=3),
    )
    return [
        account,
        AccountHold.objects.create(region=region, account=account, reason=mark),
        *_application(world, mark),
        Invitation.objects.create(
            region=region,
            merchant=merchant,
            email=f"{mark}@example.jp".lower(),
            role=MemberRole.CLERK,
            expires_at=now + timedelta(days=7),
        ),
        JoiningRules.objects.create(region=region, more_exclusions=town.programme.name),
        SizeRule.objects.create(region=region, programme=town.programme, area_from=1_001),
        StoreDecision.objects.create(
            region=region, store=town.store, programme=town.programme, size_class="small", reason=mark
        ),
    ]


def _application(world: "World", mark: str) -> list[Model]:
    texts = dict.fromkeys(("name", "kana", "representative", "address", "contact_name"), mark)
    application = JoinApplication.objects.create(
        region=world.town.region,
        **texts,
        postcode="314-0001",
        head_office="city",
        contact_email=f"{mark}@example.jp",
        contact_phone="0299-00-0000",
        pledged_at=timezone.now(),
    )
    application.ticket_types.add(world.town.common)
    store = ApplicationStore.objects.create(
        application=application,
        position=1,
        name=mark,
        kana=mark,
        category="food",
        postcode="314-0001",
        address=mark,
        floor_area=100,
    )
    return [application, store, ApplicationStep.objects.create(application=application, kind="submitted", text=mark)]
