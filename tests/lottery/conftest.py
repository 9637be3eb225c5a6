"""A town with a lottery that is open: two kinds of unit, and people who may apply."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from regions.approvals import decide, open_approval
from regions.models import Region, Resident, User
from tests.factories import ProgrammeFactory, RegionFactory, ResidentFactory, TicketTypeFactory, UserFactory
from vouchers.applications import submit
from vouchers.draw_steps import RUN, SEAL, propose_sealing, propose_seed
from vouchers.drawing import finish_draws
from vouchers.models import Application, Draw, Programme, Unit, UnitPart

SEED = "38915.87"


@dataclass
class Lottery:
    """The programme with its two units, `common` and `local`, of ten each."""

    region: Region
    programme: Programme
    common: Unit
    local: Unit

    def person(self, **facts: object) -> Resident:
        return ResidentFactory(region=self.region, **facts)

    def apply(self, resident: Resident | None = None, **units: object) -> Application:
        return submit(programme=self.programme, resident=resident or self.person(), units=units or {"common": 1})

    def close(self) -> None:
        """Applications were taken until a moment ago."""
        self.set(apply_until_at=timezone.now() - timedelta(seconds=1))

    def set(self, **facts: object) -> None:
        for name, fact in facts.items():
            setattr(self.programme, name, fact)
        self.programme.save()

    def seal(self, *, asker: User | None = None, agreeing: User | None = None) -> Draw:
        """The list sealed under two people's eyes; the seed will be known a second later."""
        self.close()
        known_at = timezone.now() + timedelta(seconds=600)
        draw = propose_sealing(
            self.programme, seed_source="日経平均株価の終値", seed_from_at=known_at, by=asker or UserFactory()
        )
        agree(SEAL, draw, agreeing or UserFactory())
        draw.refresh_from_db()
        return draw


def agree(kind: str, draw: Draw, by: User) -> None:
    approval = open_approval(kind, draw.pk)
    assert approval
    decide(approval.pk, approve=True, by=by)


def draw_with(draw: Draw, seed: str, *, at: datetime) -> Draw:
    """The seed typed by one and agreed to by another at a moment, and everything that follows."""
    propose_seed(draw, seed=seed, by=UserFactory(), now=at)
    agree(RUN, draw, UserFactory())
    finish_draws()
    draw.refresh_from_db()
    return draw


@pytest.fixture
def lottery(transactional_db: None) -> Lottery:
    return open_lottery()


def open_lottery(region: Region | None = None, **facts: object) -> Lottery:
    here, now = region or RegionFactory(), timezone.now()
    programme = ProgrammeFactory(
        region=here,
        slug="premium",
        allotment="lottery",
        lottery_rule="reduced",
        apply_from_at=now - timedelta(days=1),
        apply_until_at=now + timedelta(days=1),
        **{"limit_units_per_person": 8, "limit_per_person": 20_000, **facts},
    )
    ticket = TicketTypeFactory(programme=programme, slug="common-ticket")
    units = []
    for position, (slug, face) in enumerate([("common", 5_500), ("local", 7_000)]):
        unit = Unit.objects.create(
            region=here,
            programme=programme,
            slug=slug,
            name=slug,
            price=5_000,
            stock=10,
            limit_per_person=4,
            position=position,
        )
        UnitPart.objects.create(region=here, unit=unit, ticket_type=ticket, face=face)
        units.append(unit)
    return Lottery(here, programme, *units)
