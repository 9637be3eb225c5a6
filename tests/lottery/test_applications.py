"""Applications: one a person, within the limits, while the programme takes them; whoever hands them in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from regions.models import Message, Resident
from tests.factories import ResidentFactory, UserFactory
from tests.lottery.conftest import Lottery
from vouchers import errors
from vouchers.applications import ask_about, change, mark_invalid, submit, withdraw
from vouchers.models import Application, ApplicationLine, ApplicationStatus, Channel, Frame, HouseholdTally

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_application_is_received_and_its_number_told(lottery: Lottery) -> None:
    resident = lottery.person(household_no="H1")

    application = lottery.apply(resident, common=2, local=1)

    assert (application.units, application.price, application.status) == (3, 15_000, "submitted")
    assert dict(application.lines.values_list("unit__slug", "units_asked")) == {"common": 2, "local": 1}
    assert Message.objects.get(resident=resident).params["number"] == application.number


def test_the_same_sent_twice_is_one_application(lottery: Lottery) -> None:
    resident = lottery.person()

    first, again = lottery.apply(resident, common=2), lottery.apply(resident, common=2)

    assert first == again
    assert (Application.objects.count(), Message.objects.count()) == (1, 1)


def test_a_person_applies_once_whatever_the_way(lottery: Lottery) -> None:
    resident = lottery.person()
    there = lottery.apply(resident, common=2)

    with pytest.raises(errors.AlreadyApplied) as refused:
        submit(
            programme=lottery.programme,
            resident=resident,
            units={"common": 4},
            channel=Channel.COUNTER,
            by=UserFactory(),
        )

    assert refused.value.number == there.number
    assert Application.objects.count() == 1


@pytest.mark.parametrize("moment", [timedelta(days=-2), timedelta(days=2)])
def test_before_and_after_the_period_nothing_is_taken(lottery: Lottery, moment: timedelta) -> None:
    with pytest.raises(errors.ApplicationsClosed):
        submit(
            programme=lottery.programme,
            resident=lottery.person(),
            units={"common": 1},
            now=timezone.now() + moment,
        )

    assert not Application.objects.exists()


def test_people_and_units_of_another_place_are_refused(lottery: Lottery) -> None:
    with pytest.raises(errors.OtherRegion):
        lottery.apply(ResidentFactory(), common=1)
    with pytest.raises(errors.UnitUnknown):
        lottery.apply(gold=1)

    assert not Application.objects.exists()


def test_who_had_moved_out_by_the_base_date_is_refused(lottery: Lottery) -> None:
    lottery.set(residence_rule="basis_date", basis_on=date(2026, 10, 1))

    with pytest.raises(errors.NotResidentOnBaseDate):
        lottery.apply(lottery.person(moved_out_on=date(2026, 9, 30)))

    assert lottery.apply(lottery.person(moved_out_on=date(2026, 10, 15))).is_open


def test_a_frame_is_for_its_people(lottery: Lottery) -> None:
    lottery.common.frame = Frame.objects.create(
        region=lottery.region, programme=lottery.programme, slug="seniors", name="65歳以上", age_from=65
    )
    lottery.common.save()

    with pytest.raises(errors.UnitUnknown):
        lottery.apply(lottery.person(birth_on=date(1990, 1, 1)), common=1)

    assert lottery.apply(lottery.person(birth_on=date(1940, 1, 1)), common=1).units == 1


def test_it_can_be_changed_and_withdrawn_while_applications_are_taken(lottery: Lottery) -> None:
    resident = lottery.person(household_no="H1")
    application = lottery.apply(resident, common=2)

    changed = change(application.pk, units={"local": 3})

    assert (changed.number, changed.units) == (application.number, 3)
    assert dict(changed.lines.values_list("unit__slug", "units_asked")) == {"local": 3}
    assert HouseholdTally.objects.get().units == 3
    assert withdraw(application.pk).status == withdraw(application.pk).status == ApplicationStatus.WITHDRAWN
    assert HouseholdTally.objects.get().units == 0
    assert lottery.apply(resident, common=1).number != application.number


def test_after_closing_it_stays_as_it_is(lottery: Lottery) -> None:
    application = lottery.apply(common=2)
    lottery.close()

    with pytest.raises(errors.ApplicationsClosed):
        change(application.pk, units={"common": 1})
    with pytest.raises(errors.ApplicationsClosed):
        withdraw(application.pk)

    application.refresh_from_db()
    assert (application.units, application.status) == (2, "submitted")


def test_a_change_that_is_refused_leaves_everything(lottery: Lottery) -> None:
    application = lottery.apply(common=2)

    with pytest.raises(errors.KindLimitExceeded):
        change(application.pk, units={"common": 5})

    assert ApplicationLine.objects.get().units_asked == 2


def test_the_office_finds_one_invalid_with_a_reason_and_tells(lottery: Lottery) -> None:
    application, clerk = lottery.apply(lottery.person(household_no="H1"), common=2), UserFactory()
    lottery.close()

    with pytest.raises(errors.ReasonMissing):
        mark_invalid(application.pk, reason=" ", by=clerk)
    mark_invalid(application.pk, reason="記入漏れ", by=clerk)

    assert HouseholdTally.objects.get().units == 0
    assert Message.objects.get(kind="application-invalid").params["reason"] == "記入漏れ"


def test_what_is_sealed_stays_as_it_is(lottery: Lottery) -> None:
    application = lottery.apply(common=2)
    lottery.seal()

    with pytest.raises(errors.ApplicationsClosed):
        mark_invalid(application.pk, reason="記入漏れ", by=UserFactory())
    with pytest.raises(errors.ApplicationsClosed):
        ask_about(application.pk, question="?")


# Two at once: the database decides.


def test_of_an_application_in_the_app_and_one_at_the_counter_one_is_taken(lottery: Lottery) -> None:
    resident = lottery.person()

    answers = at_once([(resident, Channel.APP, 2), (resident, Channel.COUNTER, 4)], lottery)

    assert sorted(answers) == ["AlreadyApplied", "taken"]
    assert Application.objects.count() == 1


def test_without_the_constraint_both_would_be(lottery: Lottery) -> None:
    resident = lottery.person()
    with without("vouchers_application", "application_one_per_person", index=True):
        answers = at_once([(resident, Channel.APP, 2), (resident, Channel.COUNTER, 4)], lottery)
        assert answers == ["taken", "taken"]
        forget_applications()


def test_members_of_a_household_who_apply_at_once_stay_within_its_limit(lottery: Lottery) -> None:
    lottery.set(limit_units_per_household=5)
    family = [lottery.person(household_no="H1") for _ in range(4)]

    answers = at_once([(member, Channel.APP, 2) for member in family], lottery)

    assert sorted(answers) == ["HouseholdLimitExceeded", "HouseholdLimitExceeded", "taken", "taken"]
    assert HouseholdTally.objects.get().units == 4
    assert sum(Application.objects.values_list("units", flat=True)) == 4


def test_without_the_constraint_they_would_not(lottery: Lottery) -> None:
    lottery.set(limit_units_per_household=5)
    family = [lottery.person(household_no="H1") for _ in range(4)]
    with without("vouchers_householdtally", "household_within_limit"):
        assert at_once([(member, Channel.APP, 2) for member in family], lottery) == ["taken"] * 4
        forget_applications()


def test_the_household_is_told_how_many_it_may_still_have(lottery: Lottery) -> None:
    lottery.set(limit_units_per_household=5)
    lottery.apply(lottery.person(household_no="H1"), common=4)

    with pytest.raises(errors.HouseholdLimitExceeded) as refused:
        lottery.apply(lottery.person(household_no="H1"), common=2)

    assert (refused.value.limit, refused.value.left) == (5, 1)


def at_once(asked: list[tuple[Resident, Channel, int]], lottery: Lottery) -> list[str]:
    def attempt(one: tuple[Resident, Channel, int]) -> str:
        resident, channel, units = one
        try:
            submit(programme=lottery.programme, resident=resident, units={"common": units}, channel=channel)
        except errors.VoucherProblem as problem:
            return type(problem).__name__
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(attempt, asked))


class without:  # noqa: N801 reads as a sentence
    """The table without a constraint, for as long as the block lasts; the block leaves no rows that offend it."""

    def __init__(self, table: str, name: str, *, index: bool = False) -> None:
        self.table, self.name, self.index = table, name, index

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            if self.index:
                cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [self.name])
                self.again = cursor.fetchone()[0]
                cursor.execute(f"DROP INDEX {self.name}")
            else:
                cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [self.name])
                self.again = f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} {cursor.fetchone()[0]}"
                cursor.execute(f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name}")

    def __exit__(self, *_problem: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.again)


def forget_applications() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE vouchers_application, vouchers_applicationline, vouchers_householdtally CASCADE")
