"""What a programme asks and offers, read from its rows into the plain values that the rules work on."""

from datetime import date

from regions.models import Resident
from vouchers.eligibility import Conditions, Group, Limits, Offer, Person, is_in, obstacle
from vouchers.models import Programme, ResidenceRule, Unit


def person_of(resident: Resident) -> Person:
    """The resident, and the youngest person who is on the list in the same household."""
    youngest = None
    if resident.household_no:
        household = Resident.objects.filter(region=resident.region_id, household_no=resident.household_no)
        there = household.filter(birth_on__isnull=False, moved_out_on__isnull=True)
        youngest = there.order_by("-birth_on").values_list("birth_on", flat=True).first()
    return Person(resident.birth_on, resident.moved_out_on, youngest)


def conditions_of(programme: Programme) -> Conditions:
    basis_on = programme.basis_on if programme.residence_rule == ResidenceRule.BASIS_DATE else None
    return Conditions(programme.residence_rule, basis_on, programme.age_from, programme.age_to)


def refuse_whom_it_is_not_for(programme: Programme, person: Person, *, on: date) -> None:
    """Raise the NotEligible that says why the person may not apply on a day."""
    if found := obstacle(conditions_of(programme), person, on=on):
        raise found


def limits_of(programme: Programme) -> Limits:
    return Limits(programme.limit_units_per_person, programme.limit_per_person)


def units_for(programme: Programme, person: Person, *, on: date) -> list[Unit]:
    """The units that the person may ask for, on a day or on the base date: those for everybody and of their frames."""
    day = conditions_of(programme).basis_on or on
    units = programme.units.select_related("frame").prefetch_related("parts__ticket_type")
    return [unit for unit in units if unit.frame is None or is_in(_group(unit), person, on=day)]


def offers_to(programme: Programme, person: Person, *, on: date) -> dict[str, Offer]:
    """The same as plain values, by slug."""
    return {unit.slug: Offer(unit.price, unit.limit_per_person) for unit in units_for(programme, person, on=on)}


def _group(unit: Unit) -> Group:
    frame = unit.frame
    return Group(frame.age_from, frame.age_to, frame.child_born_from) if frame else Group()
