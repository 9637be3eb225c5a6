"""The first pages of histories and the staff's search: with millions of payments as with thousands."""

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

import psycopg

from maintenance.bench.figures import Bar, Figure, Measured, Say, Scale, at_most, ratios
from maintenance.bench.filling import OF_RESIDENT, OF_SHOP, fill_payments
from maintenance.bench.rounds import rounds
from maintenance.bench.stack import BenchStack
from maintenance.drill.app import Web

SMALL, USUAL_ROWS = 10_000, 10_000_000
TIMES_SLOWER = 2.0
ASKED_MOST, ASKED_LEAST = 10, 3
PATIENCE = 30.0
A_NUMBER = """
    SELECT right(id::text, 12) FROM payments_payment ORDER BY authorised_at OFFSET %s LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Page:
    """An address, and whose session asks for it. Without a bar it is only told."""

    key: str
    words: str
    path: str
    who: str
    bar: Bar | None = None


LIMIT = at_most(TIMES_SLOWER)
PAGES = (
    Page("shop", "a shop's history", "/portal/payments/payment/", "shop", LIMIT),
    Page("resident", "a resident's history", "/{region}/history/", "resident", LIMIT),
    Page("resident_api", "a resident's history, API", "/api/v1/regions/{region}/payments", "resident", LIMIT),
    Page("search_number", "staff search: payment number", "/staff/payments/payment/?q={number}", "staff", LIMIT),
    Page("search_resident", "staff search: resident number", "/staff/payments/payment/?q=000000", "staff", LIMIT),
    Page("staff_list", "the staff's list, unfiltered", "/staff/payments/payment/", "staff"),
)


def measure(scale: Scale, say: Say) -> Measured:
    """Each page by turns on two stacks whose tables differ in size alone."""
    rows = scale.rows or USUAL_ROWS
    measured = Measured(
        notes=[
            f"{rows:,} payments against {SMALL:,}, written by SQL into one region, over a year",
            f"in both: the shop has {OF_SHOP:,} of them, the resident {OF_RESIDENT}",
        ]
    )
    seconds: dict[tuple[str, int], list[float]] = {(page.key, size): [] for page in PAGES for size in (SMALL, rows)}
    refused: Counter[str] = Counter()
    with ExitStack() as stacks:
        sides = {size: stacks.enter_context(_filled(scale, size, say)) for size in (SMALL, rows)}
        visitors = {size: _Visitor(stack, size) for size, stack in sides.items()}
        for _ in rounds(scale, measured, say):
            for page in PAGES:
                for size, visitor in visitors.items():
                    found = visitor.ask(page, scale.seconds)
                    seconds[page.key, size].append(1000 * median(found.seconds))
                    refused.update({f"{page.key} {size:,}: {status}": n for status, n in found.refused.items()})
    for page in PAGES:
        measured.figures += _figures(page, seconds[page.key, SMALL], seconds[page.key, rows])
    measured.notes.append(f"answers other than the page: {dict(refused) or 'none'}")
    return measured


def _filled(scale: Scale, rows: int, say: Say) -> BenchStack:
    def fill(stack: BenchStack) -> None:
        say(f"writing {rows:,} payments")
        fill_payments(stack, rows)

    return BenchStack(people=scale.people, prepare=fill)


@dataclass(frozen=True, slots=True)
class _Asked:
    seconds: list[float]
    refused: Mapping[int, int]


class _Visitor:
    """Asks one stack for pages, with the sessions of the people who may see them."""

    def __init__(self, stack: BenchStack, rows: int) -> None:
        self.web = Web(stack.web, timeout=PATIENCE)
        self.sessions = {"resident": stack.town.tokens[0], "shop": stack.town.shop, "staff": stack.town.staff}
        with psycopg.connect(stack.database_url) as connection:
            row = connection.execute(A_NUMBER, [rows // 2]).fetchone()
        self.places = {"region": stack.town.region, "number": str(row[0]) if row else ""}

    def ask(self, page: Page, seconds: float) -> _Asked:
        token = self.sessions[page.who]
        headers = {"X-Session-Token": token, "Cookie": f"sessionid={token}"}
        took: list[float] = []
        refused: Counter[int] = Counter()
        until = time.monotonic() + seconds
        while len(took) < ASKED_LEAST or (len(took) < ASKED_MOST and time.monotonic() < until):
            began = time.monotonic()
            reply = self.web.ask("GET", page.path.format(**self.places), headers)
            took.append(time.monotonic() - began)
            refused.update([reply.status_code] if reply.status_code != 200 else [])
        return _Asked(took, refused)


def _figures(page: Page, small: list[float], large: list[float]) -> list[Figure]:
    return [
        Figure(f"{page.key}_small", f"{page.words}, small table", small, "ms"),
        Figure(f"{page.key}_large", "   large table", large, "ms"),
        Figure(page.key, "   times slower", ratios(large, small), bar=page.bar),
    ]
