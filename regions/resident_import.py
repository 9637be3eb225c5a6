"""The list of residents: who may hold vouchers in a region, and who of them can sign in."""

from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from regions.csv_import import BadValue, ImportResult, Progress, Row, check_rows, read_rows
from regions.ids import new_id
from regions.models import Membership, Region, Resident, Role, User
from regions.phones import normalize_phone

COLUMNS = {
    "resident_no": "利用者番号",
    "name": "氏名",
    "kana": "フリガナ",
    "birth_on": "生年月日",
    "postcode": "郵便番号",
    "address": "住所",
    "email": "メールアドレス",
    "phone": "電話番号",
    "household_no": "世帯番号",
    "moved_out_on": "転出日",
}
BATCH = 2000


@dataclass(frozen=True, slots=True)
class ResidentLine:
    """A checked line; e-mail in lower case, telephone in E.164, both "" where there is none."""

    resident_no: str
    name: str
    kana: str
    birth_on: date | None
    postcode: str
    address: str
    email: str
    phone: str
    household_no: str
    moved_out_on: date | None


class ResidentChecker:
    """Checks line by line, remembering what earlier lines have taken."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}

    def __call__(self, row: Row) -> ResidentLine:
        line = ResidentLine(
            resident_no=row.text("resident_no", required=True, longest=40),
            name=row.text("name", required=True, longest=80),
            kana=row.text("kana", longest=80),
            birth_on=row.day("birth_on"),
            postcode=row.text("postcode", longest=8),
            address=row.text("address"),
            email=_email(row),
            phone=_phone(row),
            household_no=row.text("household_no", longest=40),
            moved_out_on=row.day("moved_out_on"),
        )
        for column in ("resident_no", "email", "phone"):
            self._take(row.number, column, getattr(line, column))
        return line

    def _take(self, number: int, column: str, value: str) -> None:
        if not value:
            return
        first = self._seen.setdefault((column, value), number)
        if first != number:
            raise BadValue(_("%(column)s stands in line %(line)s already") % {"column": column, "line": first})


def import_residents(
    *, region: Region, data: bytes, skip_bad: bool = False, progress: Progress = lambda _line: None
) -> ImportResult:
    """Create or update the region's residents from a CSV; idempotent on the resident number.

    Residents with an e-mail address or telephone number get a sign-in without a password: a code
    sent there lets them in. Raise NotReadable or LinesRejected, with nothing written.
    """
    rows = read_rows(data, columns=COLUMNS, required=("resident_no", "name"))
    lines, bad = check_rows(rows, ResidentChecker(), skip_bad=skip_bad)
    result = ImportResult(bad=bad)
    # A list without a column says nothing about it, and leaves what is known.
    given = [name for name in COLUMNS if name != "resident_no" and any(name in row.values for row in rows)]
    with transaction.atomic():
        for start in range(0, len(lines), BATCH):
            _write(region, lines[start : start + BATCH], given, result)
            progress(f"{min(start + BATCH, len(lines)):,} / {len(lines):,}")
    return result


def _write(region: Region, lines: list[ResidentLine], given: list[str], result: ImportResult) -> None:
    known = {
        resident.resident_no: resident
        for resident in Resident.objects.in_region(region).filter(resident_no__in=[line.resident_no for line in lines])
    }
    new = [Resident(region=region, **_fields(line)) for line in lines if line.resident_no not in known]
    changed = [
        known[line.resident_no]
        for line in lines
        if line.resident_no in known and _update(known[line.resident_no], line, given)
    ]
    Resident.objects.bulk_create(new)
    if given:
        Resident.objects.bulk_update(changed, given)
    _give_sign_ins(region, [resident for resident in [*new, *known.values()] if resident.user_id is None])
    result.created += len(new)
    result.changed += len(changed)
    result.unchanged += len(lines) - len(new) - len(changed)


def _update(resident: Resident, line: ResidentLine, given: list[str]) -> bool:
    different = [name for name in given if getattr(resident, name) != getattr(line, name)]
    for name in different:
        setattr(resident, name, getattr(line, name))
    return bool(different)


def _fields(line: ResidentLine) -> dict[str, str | date | None]:
    return {name: getattr(line, name) for name in COLUMNS}


def _give_sign_ins(region: Region, residents: list[Resident]) -> None:
    """Link residents to the person who has proved their address, or to a new one if nobody has it."""
    reachable = [resident for resident in residents if resident.email or resident.phone]
    taken_emails = set(User.objects.filter(email__in=[r.email for r in reachable]).values_list("email", flat=True))
    taken_phones = set(User.objects.filter(phone__in=[r.phone for r in reachable]).values_list("phone", flat=True))
    proved = _proved_people(reachable)
    links: list[tuple[Resident, User]] = []
    people: list[User] = []
    for resident in reachable:
        user = proved.get(resident.email) or proved.get(resident.phone)
        if user is None and resident.email not in taken_emails and resident.phone not in taken_phones:
            user = User(
                id=new_id(),
                email=resident.email or None,
                phone=resident.phone or None,
                name=resident.name,
                password=make_password(None),
            )
            people.append(user)
        if user is not None:
            links.append((resident, user))
    User.objects.bulk_create(people)
    _link(region, links)


def _proved_people(residents: list[Resident]) -> dict[str, User]:
    """People by an address that they have proved to be theirs: nobody gets a wallet by claiming one."""
    emails = EmailAddress.objects.filter(
        email__in=[r.email for r in residents if r.email], verified=True
    ).select_related("user")
    phones = User.objects.filter(phone__in=[r.phone for r in residents if r.phone], phone_verified=True)
    return {address.email: address.user for address in emails} | {str(user.phone): user for user in phones}


def _link(region: Region, links: list[tuple[Resident, User]]) -> None:
    here = set(Resident.objects.in_region(region).filter(user__isnull=False).values_list("user_id", flat=True))
    for resident, user in links:
        if user.pk not in here:
            here.add(user.pk)
            resident.user = user
    Resident.objects.bulk_update([resident for resident, _user in links], ["user"])
    Membership.objects.bulk_create(
        (Membership(user=user, region=region, role=Role.RESIDENT) for _resident, user in links), ignore_conflicts=True
    )


def _email(row: Row) -> str:
    email = row.text("email").lower()
    if email:
        try:
            validate_email(email)
        except ValidationError as problem:
            raise BadValue(_("email is not an e-mail address")) from problem
    return email


def _phone(row: Row) -> str:
    phone = row.text("phone")
    try:
        return normalize_phone(phone) if phone else ""
    except ValidationError as problem:
        raise BadValue(_("phone is not a telephone number")) from problem
