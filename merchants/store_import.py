"""The list of stores: merchants, their stores, what they take, and their tills."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from merchants.models import Merchant, SizeClass, SizeRule, Store, StoreDecision, Till
from merchants.size_rule import USUAL, Rule, Shop, Size, judge
from merchants.sizing import decide_by_rule
from regions.csv_import import BadValue, ImportResult, Progress, Row, check_rows, read_rows
from regions.models import Region
from vouchers.models import TicketKind, TicketType

COLUMNS = {
    "store_no": "店舗番号",
    "merchant": "事業者",
    "name": "店舗名",
    "kana": "フリガナ",
    "category": "業種",
    "floor_area": "店舗面積",
    "address": "住所",
    "ticket_types": "利用できる券種",
    "tills": "レジ",
}
TILLS_MAX = 200
SEPARATORS = re.compile(r"[;；、|/]")


@dataclass(frozen=True, slots=True)
class StoreLine:
    """A checked line. `tills` are the names of its tills, in order."""

    store_no: str
    merchant: str
    name: str
    kana: str
    category: str
    floor_area: int | None
    address: str
    ticket_types: tuple[TicketType, ...]
    tills: tuple[str, ...]
    size_class: SizeClass


@dataclass(slots=True)
class StoreChecker:
    """Checks line by line against the region's ticket types and its programmes' rules of sizes."""

    ticket_types: dict[str, list[TicketType]]
    rules: dict[UUID, Rule]
    seen: dict[str, int]

    def __call__(self, row: Row) -> StoreLine:
        floor_area = row.whole_number("floor_area", least=1, most=1_000_000) if row.text("floor_area") else None
        ticket_types = self._ticket_types(row)
        line = StoreLine(
            store_no=row.text("store_no", required=True, longest=40),
            merchant=row.text("merchant", longest=100) or row.text("name", required=True, longest=100),
            name=row.text("name", required=True, longest=100),
            kana=row.text("kana", longest=100),
            category=row.text("category", longest=40),
            floor_area=floor_area,
            address=row.text("address"),
            ticket_types=ticket_types,
            tills=_till_names(row),
            size_class=self._size(floor_area, ticket_types),
        )
        first = self.seen.setdefault(line.store_no, row.number)
        if first != row.number:
            raise BadValue(_("%(column)s stands in line %(line)s already") % {"column": "store_no", "line": first})
        return line

    def _ticket_types(self, row: Row) -> tuple[TicketType, ...]:
        found: list[TicketType] = []
        for name in _split(row.text("ticket_types", longest=1000)):
            if name not in self.ticket_types:
                raise BadValue(_("there is no ticket type %(name)s") % {"name": name})
            found += self.ticket_types[name]
        return tuple(found)

    def _size(self, floor_area: int | None, ticket_types: tuple[TicketType, ...]) -> SizeClass:
        """By the rules of the programmes that it takes tickets of; by the usual one where none has a rule."""
        shop = Shop(floor_area=floor_area)
        size = SizeClass.SMALL
        for kind in ticket_types:
            if kind.programme_id in self.rules and judge(self.rules[kind.programme_id], shop).size is Size.LARGE:
                size = SizeClass.LARGE
                if kind.kind == TicketKind.LOCAL:
                    words = _("%(name)s is for small shops, and by the programme's rule this is a large one")
                    raise BadValue(words % {"name": kind.name})
        if not any(kind.programme_id in self.rules for kind in ticket_types):
            size = SizeClass(judge(USUAL, shop).size)
        return size


def import_stores(
    *, region: Region, data: bytes, skip_bad: bool = False, progress: Progress = lambda _line: None
) -> ImportResult:
    """Create or update the region's stores; idempotent on the store number. Tills are added, never removed.

    Raise NotReadable or LinesRejected, with nothing written.
    """
    rows = read_rows(data, columns=COLUMNS, required=("store_no", "name"))
    types: dict[str, list[TicketType]] = {}
    for ticket_type in TicketType.objects.in_region(region).select_related("programme"):
        types.setdefault(ticket_type.slug, []).append(ticket_type)
        types.setdefault(ticket_type.name, []).append(ticket_type)
    rules = {written.programme_id: written.rule for written in SizeRule.objects.in_region(region)}
    lines, bad = check_rows(rows, StoreChecker(types, rules, {}), skip_bad=skip_bad)
    result = ImportResult(bad=bad)
    by_person = StoreDecision.objects.in_region(region).filter(by__isnull=False)
    kept = frozenset(by_person.values_list("store__store_no", flat=True))
    with transaction.atomic():
        for count, line in enumerate(lines, start=1):
            _write(region, line, result, is_kept=line.store_no in kept)
            _decide(region, line, rules)
            if count % 500 == 0 or count == len(lines):
                progress(f"{count:,} / {len(lines):,}")
    return result


def _decide(region: Region, line: StoreLine, rules: dict[UUID, Rule]) -> None:
    """Keep what the rules of the programmes made of the store; a person's decision stays."""
    programmes = {kind.programme_id: kind.programme for kind in line.ticket_types if kind.programme_id in rules}
    for programme in programmes.values():
        store = Store.objects.select_related("merchant").get(region=region, store_no=line.store_no)
        decide_by_rule(store, programme, line.ticket_types)


def _write(region: Region, line: StoreLine, result: ImportResult, *, is_kept: bool) -> None:
    merchant, _made = Merchant.objects.get_or_create(region=region, name=line.merchant)
    fields = {
        "merchant": merchant,
        "name": line.name,
        "kana": line.kana,
        "category": line.category,
        "floor_area": line.floor_area,
        "size_class": line.size_class,
        "address": line.address,
    }
    if is_kept:
        del fields["size_class"]
    store, created = Store.objects.get_or_create(region=region, store_no=line.store_no, defaults=fields)
    changed = not created and _update(store, fields)
    changed |= _take(store, line.ticket_types)
    changed |= _add_tills(store, line.tills)
    if created:
        result.created += 1
    elif changed:
        result.changed += 1
    else:
        result.unchanged += 1


def _update(store: Store, fields: dict[str, object]) -> bool:
    different = [name for name, value in fields.items() if getattr(store, name) != value]
    for name in different:
        setattr(store, name, fields[name])
    if different:
        store.save(update_fields=different)
    return bool(different)


def _take(store: Store, ticket_types: tuple[TicketType, ...]) -> bool:
    wanted = {ticket_type.pk for ticket_type in ticket_types}
    if wanted == set(store.ticket_types.values_list("pk", flat=True)):
        return False
    store.ticket_types.set(ticket_types)
    return True


def _add_tills(store: Store, names: tuple[str, ...]) -> bool:
    there = set(store.tills.values_list("name", flat=True))
    new = [Till(region_id=store.region_id, store=store, name=name) for name in names if name not in there]
    Till.objects.bulk_create(new)
    return bool(new)


def _till_names(row: Row) -> tuple[str, ...]:
    """A number of tills, or their names; one till where nothing is said."""
    names = _split(row.text("tills", longest=2000)) or ["1"]
    if len(names) == 1 and names[0].isdigit():
        count = row.whole_number("tills", least=1, most=TILLS_MAX) if row.text("tills") else 1
        return tuple(f"レジ{number}" for number in range(1, count + 1))
    if too_long := [name for name in names if len(name) > 40]:
        raise BadValue(_("%(column)s is longer than %(longest)s characters") % {"column": too_long[0], "longest": 40})
    return tuple(dict.fromkeys(names))


def _split(text: str) -> list[str]:
    return [part.strip() for part in SEPARATORS.split(text) if part.strip()]
