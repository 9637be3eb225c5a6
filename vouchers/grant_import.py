"""The list of grants: vouchers given to residents, each line once, however often the file is handed in."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from regions.csv_import import BadValue, ImportResult, Progress, Row, check_rows, read_rows
from regions.models import Region, Resident
from vouchers.issuance import Grant, issue_grants
from vouchers.models import TicketType, Voucher

COLUMNS = {
    "resident_no": "利用者番号",
    "programme": "事業",
    "ticket_type": "券種",
    "amount": "金額",
    "expires_on": "有効期限",
    "reason": "理由",
}
AMOUNT_MAX = 10_000_000
BATCH = 1000


@dataclass(slots=True)
class GrantChecker:
    """Checks line by line against the region's residents and ticket types."""

    region: Region
    residents: dict[str, Resident]
    ticket_types: dict[tuple[str, str], TicketType]
    now: datetime
    seen: dict[str, int]

    def __call__(self, row: Row) -> Grant:
        resident = self.residents.get(row.text("resident_no", required=True))
        if resident is None:
            raise BadValue(_("there is no resident of this number"))
        ticket_type = self.ticket_types.get(
            (row.text("programme", required=True), row.text("ticket_type", required=True))
        )
        if ticket_type is None:
            raise BadValue(_("there is no such programme and ticket type"))
        amount = row.whole_number("amount", least=1, most=AMOUNT_MAX)
        key = _key(row)
        grant = Grant(
            resident_id=resident.pk,
            ticket_type=ticket_type,
            amount=amount,
            expires_at=self._expiry(row, ticket_type),
            reason=row.text("reason"),
            key=key,
        )
        self._once(row.number, key)
        return grant

    def _expiry(self, row: Row, ticket_type: TicketType) -> datetime:
        """The end of the day in the region's time zone; without a date, as the ticket type."""
        day = row.day("expires_on")
        if day is None:
            expires_at = ticket_type.good_until_at
        else:
            expires_at = datetime.combine(day + timedelta(days=1), time(), tzinfo=self.region.tz)
        if expires_at <= self.now:
            raise BadValue(_("it would have expired already"))
        return expires_at

    def _once(self, number: int, key: str) -> None:
        first = self.seen.setdefault(key, number)
        if first != number:
            raise BadValue(_("the same as line %(line)s; give another reason if both are meant") % {"line": first})


def import_grants(
    *, region: Region, data: bytes, skip_bad: bool = False, progress: Progress = lambda _line: None
) -> ImportResult:
    """Grant a voucher for each line of a CSV; a line that was granted before is left as it is.

    Raise NotReadable or LinesRejected, with nothing granted.
    """
    rows = read_rows(data, columns=COLUMNS, required=("resident_no", "programme", "ticket_type", "amount"))
    now = timezone.now()
    grants, bad = check_rows(rows, _checker(region, rows, now), skip_bad=skip_bad)
    granted = set(
        Voucher.objects.in_region(region)
        .filter(issue_key__in=[grant.key for grant in grants])
        .values_list("issue_key", flat=True)
    )
    new = [grant for grant in grants if grant.key not in granted]
    with transaction.atomic():
        for start in range(0, len(new), BATCH):
            issue_grants(region=region, grants=new[start : start + BATCH], at=now)
            progress(f"{min(start + BATCH, len(new)):,} / {len(new):,}")
    return ImportResult(created=len(new), unchanged=len(grants) - len(new), bad=bad)


def _checker(region: Region, rows: list[Row], now: datetime) -> GrantChecker:
    numbers = {row.values.get("resident_no", "") for row in rows}
    residents = Resident.objects.in_region(region).filter(resident_no__in=numbers)
    types: dict[tuple[str, str], TicketType] = {}
    for ticket_type in TicketType.objects.in_region(region).select_related("programme"):
        for programme in (ticket_type.programme.slug, ticket_type.programme.name):
            types[programme, ticket_type.slug] = types[programme, ticket_type.name] = ticket_type
    return GrantChecker(region, {resident.resident_no: resident for resident in residents}, types, now, {})


def _key(row: Row) -> str:
    content = [row.values.get(column, "") for column in COLUMNS]
    return hashlib.sha256("\x1f".join(content).encode()).hexdigest()
