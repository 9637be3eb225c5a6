"""Sizes of stores: by the programme's rule, by a person, by a list; the latest decision counts and none is lost."""

import pytest
from django.db import ProgrammingError, transaction

from merchants.errors import ReasonMissing
from merchants.models import SizeClass, SizeRule, StoreDecision
from merchants.sizing import decide_all_by_rule, decide_by_person, decide_by_rule
from merchants.store_import import import_stores
from regions.csv_import import LinesRejected
from tests.joining.conftest import JoiningTown

pytestmark = pytest.mark.django_db(transaction=True)


def narita(town: JoiningTown) -> SizeRule:
    rule: SizeRule = SizeRule.objects.create(region=town.region, programme=town.programme, area_from=500)
    return rule


def test_what_a_store_takes_follows_from_its_size_and_comes_back_with_it(town: JoiningTown) -> None:
    narita(town)
    store, office = town.store, town.secretary()
    store.floor_area = 400
    store.save()
    decide_by_rule(store, town.programme)
    assert set(store.ticket_types.all()) == {town.common, town.local}

    decide_by_person(store, town.programme, SizeClass.LARGE, by=office, reason="増床")
    assert set(store.ticket_types.all()) == {town.common}
    decide_by_person(store, town.programme, SizeClass.SMALL, by=office, reason="減床")

    assert set(store.ticket_types.all()) == {town.common, town.local}
    assert [one.size_class for one in StoreDecision.objects.order_by("at", "id")] == ["small", "large", "small"]


def test_a_rule_never_changes_what_a_person_decided_and_a_person_needs_a_reason(town: JoiningTown) -> None:
    narita(town)
    town.store.floor_area = 2_000
    town.store.save()
    with pytest.raises(ReasonMissing):
        decide_by_person(town.store, town.programme, SizeClass.SMALL, by=town.secretary(), reason=" ")
    decided = decide_by_person(town.store, town.programme, SizeClass.SMALL, by=town.secretary(), reason="協議の結果")

    assert decide_by_rule(town.store, town.programme) == decided
    with pytest.raises(ProgrammingError), transaction.atomic():
        StoreDecision.objects.update(size_class="large")


def test_a_changed_rule_is_applied_to_all_stores_when_the_office_says_so(town: JoiningTown) -> None:
    rule = narita(town)
    town.store.floor_area = 600
    town.store.save()
    decide_by_rule(town.store, town.programme)
    rule.area_from = 1_001
    rule.save()
    town.store.refresh_from_db()
    assert town.store.size_class == SizeClass.LARGE

    assert decide_all_by_rule(town.programme) == 1
    assert decide_all_by_rule(town.programme) == 0

    town.store.refresh_from_db()
    assert town.store.size_class == SizeClass.SMALL


def test_a_list_of_stores_is_measured_by_the_rule(town: JoiningTown) -> None:
    narita(town)
    header = "store_no,name,floor_area,ticket_types\n"
    types = f"{town.common.slug};{town.local.slug}"

    import_stores(region=town.region, data=f"{header}L,大,500,{town.common.slug}\nS,小,499,{types}\n".encode())
    with pytest.raises(LinesRejected) as rejected:
        import_stores(region=town.region, data=f"{header}X,大,500,{types}\n".encode())

    sizes = dict(StoreDecision.objects.values_list("store__store_no", "size_class"))
    assert sizes == {"L": "large", "S": "small"}
    assert [line.number for line in rejected.value.bad] == [2]
