"""A difference is settled by a person: once, with a note, and nothing else changes."""

import pytest
from django.utils import timezone

from payments.differences import settle_difference
from payments.errors import DifferenceRepaired, ReasonMissing
from payments.models import Difference, DifferenceKind
from payments.reconciliation.compare import compare
from regions.ids import new_id
from tests.factories import Town
from tests.notaries import FaultyNotary
from tests.payments.test_disputes import notary_knows_a_stranger

pytestmark = pytest.mark.django_db(transaction=True)


def difference(town: Town, **fields: object) -> Difference:
    facts = {"region": town.region, "cluster": town.region.notary, "kind": DifferenceKind.AMOUNT, "source": new_id()}
    return Difference.objects.create(**facts, **fields)


def test_it_leaves_the_list_with_who_when_and_a_note() -> None:
    town = Town()
    found, other, office, now = difference(town), difference(town), town.secretary(), timezone.now()

    settled = settle_difference(found.pk, note=" 店舗と照合済み ", by=office, now=now)

    assert (settled.settled_by, settled.settled_at, settled.settled_note) == (office, now, "店舗と照合済み")
    assert list(Difference.objects.left()) == [other]


def test_without_a_note_it_stays() -> None:
    town = Town()
    found = difference(town)

    for note in ("", "  "):
        with pytest.raises(ReasonMissing):
            settle_difference(found.pk, note=note, by=town.secretary())

    assert list(Difference.objects.left()) == [found]


def test_who_comes_second_gets_what_the_first_has_settled() -> None:
    town = Town()
    found, first, second = difference(town), town.secretary(), town.secretary()
    before = settle_difference(found.pk, note="照合済み", by=first)

    again = settle_difference(found.pk, note="別の説明", by=second)

    assert (again.settled_by, again.settled_note) == (first, "照合済み")
    assert again.settled_at == before.settled_at


def test_what_was_repaired_by_itself_is_not_settled() -> None:
    town = Town()
    found = difference(town, repaired_at=timezone.now())

    with pytest.raises(DifferenceRepaired):
        settle_difference(found.pk, note="照合済み", by=town.secretary())

    assert Difference.objects.get().settled_at is None


def test_a_comparison_does_not_name_again_what_was_settled(notary: FaultyNotary) -> None:
    town = Town(balance=1000)
    notary_knows_a_stranger(town)
    (found,) = compare(town.region.notary).left

    settle_difference(found.pk, note="試験の残り", by=town.secretary())

    assert compare(town.region.notary).left == []
    assert Difference.objects.count() == 1
