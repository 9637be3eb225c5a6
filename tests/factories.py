"""Named situations, built through the use-cases wherever value is involved."""

from datetime import datetime, timedelta
from typing import Any

import factory
from django.utils import timezone

from merchants.models import Merchant, MerchantMember, Store, Till
from regions.ids import new_id
from regions.models import Membership, NotaryCluster, Region, Resident, Role, User
from vouchers.issuance import Grant, issue_grants
from vouchers.models import Programme, ProgrammeStatus, TicketKind, TicketType, Unit, UnitPart, Voucher, Wallet
from vouchers.registration import register_due


class NotaryClusterFactory(factory.django.DjangoModelFactory[NotaryCluster]):
    class Meta:
        model = NotaryCluster
        django_get_or_create = ("slug",)

    slug = "main"


class RegionFactory(factory.django.DjangoModelFactory[Region]):
    class Meta:
        model = Region

    slug = factory.Sequence(lambda n: f"town{n}")
    name = factory.Sequence(lambda n: f"試験{n}市")
    name_en = factory.Sequence(lambda n: f"Test City {n}")
    notary = factory.SubFactory(NotaryClusterFactory)


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.jp")
    name = factory.Sequence(lambda n: f"人{n}")
    password = factory.django.Password("hansatsu-demo")


class ResidentFactory(factory.django.DjangoModelFactory[Resident]):
    class Meta:
        model = Resident
        skip_postgeneration_save = True

    region = factory.SubFactory(RegionFactory)
    user = factory.SubFactory(UserFactory)
    resident_no = factory.Sequence(lambda n: f"R{n:05}")
    name = factory.Sequence(lambda n: f"利用者{n}")

    @factory.post_generation
    def wallet(self, create: bool, _extracted: Any, **_kwargs: Any) -> None:
        if create:
            Wallet.objects.create(region=self.region, resident=self)
            if self.user:
                Membership.objects.create(user=self.user, region=self.region, role=Role.RESIDENT)


class ProgrammeFactory(factory.django.DjangoModelFactory[Programme]):
    class Meta:
        model = Programme

    region = factory.SubFactory(RegionFactory)
    slug = factory.Sequence(lambda n: f"programme{n}")
    name = factory.Sequence(lambda n: f"事業{n}")
    status = ProgrammeStatus.PUBLISHED
    use_from_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=10))
    use_until_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=100))


class TicketTypeFactory(factory.django.DjangoModelFactory[TicketType]):
    class Meta:
        model = TicketType

    programme = factory.SubFactory(ProgrammeFactory)
    region = factory.SelfAttribute("programme.region")
    slug = factory.Sequence(lambda n: f"ticket{n}")
    name = factory.Sequence(lambda n: f"券種{n}")
    kind = TicketKind.COMMON


class UnitFactory(factory.django.DjangoModelFactory[Unit]):
    """A unit of one ticket type: 5,000 yen for 6,500, a hundred of them."""

    class Meta:
        model = Unit
        skip_postgeneration_save = True

    programme = factory.SubFactory(ProgrammeFactory)
    region = factory.SelfAttribute("programme.region")
    slug = factory.Sequence(lambda n: f"unit{n}")
    name = factory.Sequence(lambda n: f"セット{n}")
    price = 5_000
    stock = 100

    @factory.post_generation
    def parts(self, create: bool, extracted: Any, **_kwargs: Any) -> None:
        """`parts={ticket_type: face, …}`; without it one ticket type of the programme, made if there is none."""
        if not create:
            return
        ticket_type = self.programme.ticket_types.first() or TicketTypeFactory(programme=self.programme)
        for part, face in (extracted or {ticket_type: 6_500}).items():
            UnitPart.objects.create(region=self.region, unit=self, ticket_type=part, face=face)


class StoreFactory(factory.django.DjangoModelFactory[Store]):
    class Meta:
        model = Store
        skip_postgeneration_save = True

    region = factory.SubFactory(RegionFactory)
    merchant = factory.LazyAttribute(
        lambda store: Merchant.objects.get_or_create(region=store.region, name=f"事業者 {store.store_no}")[0]
    )
    store_no = factory.Sequence(lambda n: f"S{n:04}")
    name = factory.Sequence(lambda n: f"試験商店{n}")


class TillFactory(factory.django.DjangoModelFactory[Till]):
    class Meta:
        model = Till

    store = factory.SubFactory(StoreFactory)
    region = factory.SelfAttribute("store.region")
    name = factory.Sequence(lambda n: f"レジ{n}")


def issue(
    resident: Resident,
    ticket_type: TicketType,
    amount: int,
    *,
    expires_at: datetime | None = None,
    register: bool = True,
) -> Voucher:
    """A voucher in the resident's wallet, known to the region's notary unless told otherwise."""
    grant = Grant(
        resident_id=resident.pk,
        ticket_type=ticket_type,
        amount=amount,
        expires_at=expires_at or timezone.now() + timedelta(days=30),
        reason="試験",
        key=str(new_id()),
    )
    (voucher,) = issue_grants(region=resident.region, grants=[grant])
    if register:
        register_due(resident.region.notary)
        voucher.refresh_from_db()
    return voucher


class Town:
    """A region in which a resident can pay: one ticket type, one store that takes it, one till."""

    def __init__(self, *, balance: int = 0, **region: Any) -> None:
        self.region: Region = RegionFactory(**region)
        self.programme: Programme = ProgrammeFactory(region=self.region)
        self.common: TicketType = TicketTypeFactory(programme=self.programme)
        self.store: Store = StoreFactory(region=self.region)
        self.store.ticket_types.add(self.common)
        self.till: Till = TillFactory(store=self.store)
        self.resident: Resident = ResidentFactory(region=self.region)
        self.wallet: Wallet = self.resident.wallet
        if balance:
            issue(self.resident, self.common, balance)

    @property
    def user(self) -> User:
        user = self.resident.user
        assert user is not None
        return user

    def shop_person(self) -> User:
        """Somebody who works for the store's merchant."""
        user = UserFactory()
        MerchantMember.objects.create(merchant=self.store.merchant, user=user)
        Membership.objects.create(user=user, region=self.region, role=Role.SHOP)
        return user

    def secretary(self) -> User:
        """Somebody of the secretariat, without the second factor that the sign-in would ask for."""
        user = UserFactory()
        Membership.objects.create(user=user, region=self.region, role=Role.SECRETARIAT)
        return user
