"""One region's people never see or change another's rows: every address, every role, every method.

The addresses come from the resolver, so a new one is walked without anybody remembering to add it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from tests.isolation import tables
from tests.isolation.addresses import ADMIN_SITES, OTHER_DOORS, Address, all_addresses
from tests.isolation.walk import Finding, Visitor
from tests.isolation.watch import differences, models_that_lead_nowhere, rows_of
from tests.isolation.worlds import Kind, World, people

pytestmark = pytest.mark.django_db(transaction=True)

ROLES = ("anonymous", "resident", "shop", "secretary", "operator")
# After so many writes the foreign rows are compared, so that a failure names a few addresses.
STRIDE = 20


def addresses_for(role: str, areas: Sequence[str]) -> list[Address]:
    """The doors that the walk tries. At the secretariat's site an operator is at home in every region."""
    own = {tables.OPERATORS_AREA} if role == "operator" else set()
    return [address for address in all_addresses() if address.area in set(areas) - own]


def report(found: Iterable[Finding]) -> str:
    return "\n".join(sorted({str(finding) for finding in found}))


@pytest.fixture
def mine() -> World:
    return World("A")


@pytest.fixture
def theirs() -> World:
    return World("B")


@pytest.mark.parametrize("areas", [ADMIN_SITES, OTHER_DOORS], ids=["admin sites", "other doors"])
@pytest.mark.parametrize("role", ROLES)
def test_nobody_reads_what_is_another_regions(role: str, areas: Sequence[str], mine: World, theirs: World) -> None:
    visitor = Visitor(people(mine)[role], mine, theirs)

    found = [finding for address in addresses_for(role, areas) for finding in visitor.read(address)]

    assert not found, report(found)


@pytest.mark.parametrize("areas", [ADMIN_SITES, OTHER_DOORS], ids=["admin sites", "other doors"])
@pytest.mark.parametrize("role", ROLES)
def test_nobody_changes_what_is_another_regions(role: str, areas: Sequence[str], mine: World, theirs: World) -> None:
    visitor = Visitor(people(mine)[role], mine, theirs)
    before = rows_of(theirs)
    addresses = addresses_for(role, areas)

    for start in range(0, len(addresses), STRIDE):
        some = addresses[start : start + STRIDE]
        found = [finding for address in some for finding in visitor.write(address)]
        changed = differences(before, rows_of(theirs))

        assert not changed, f"{changed} changed by one of {[address.name for address in some]}"
        assert not found, report(found)


def test_every_parameter_of_every_address_has_a_value(mine: World, theirs: World) -> None:
    for address in all_addresses():
        assert list(tables.fillings(address, mine, theirs))


def test_every_model_belongs_to_a_region_or_is_named_as_the_platforms(theirs: World) -> None:
    assert models_that_lead_nowhere(theirs.town.region) == []


def test_what_is_public_is_an_address_that_exists_and_says_why() -> None:
    names = {address.name for address in all_addresses()}

    table = {**tables.PUBLIC, **tables.OPERATORS_MAY}

    assert set(table) | set(tables.KNOWN_BROKEN) <= names
    assert all(reason for _kinds, reason in table.values())


# The walk must be able to find something, or finding nothing says nothing.


@pytest.mark.parametrize(
    ("role", "areas", "kinds"),
    [
        ("secretary", ["staff"], set(Kind) - {Kind.MESSAGE}),
        ("shop", ["portal"], {Kind.STORE, Kind.PAYMENT, Kind.REFUND, Kind.NOTICE}),
        ("resident", ["api", "pages"], {Kind.STORE, Kind.PAYMENT, Kind.PROGRAMME, Kind.MESSAGE}),
    ],
)
def test_a_regions_own_people_do_see_its_rows(
    role: str, areas: list[str], kinds: set[Kind], theirs: World, mine: World
) -> None:
    visitor = Visitor(people(theirs)[role], mine, theirs)

    found = [finding for address in addresses_for(role, areas) for finding in visitor.read(address)]

    assert {kind for finding in found for kind in finding.kinds} >= kinds


def test_a_change_of_a_foreign_row_is_noticed(theirs: World) -> None:
    before: Any = rows_of(theirs)

    theirs.town.resident.phone = "+81299000000"
    theirs.town.resident.save()
    theirs.town.store.ticket_types.clear()

    assert set(differences(before, rows_of(theirs))) == {"regions.Resident", "merchants.Store_ticket_types"}
