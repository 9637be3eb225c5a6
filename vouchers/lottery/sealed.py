"""The sealed list and the result as text files: what is published, hashed, and read again by anybody.

Both are UTF-8 with one fact a line, columns parted by a tab, each line ended by a line feed. Nothing in them
says who a person is: an application is its number, a household a name made up for this one list.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

LIST_TITLE = "hansatsu-lottery-list"
RESULT_TITLE = "hansatsu-lottery-result"
VERSION = "1"
NONE = "-"
COLUMNS = ("number", "unit", "asked", "household", "frame")
RESULT_COLUMNS = ("number", "unit", "asked", "won")


class ListDamaged(Exception):
    """The text is no sealed list of this version. `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One kind of unit on one application: how many are asked for, and in whose household."""

    number: str
    unit: str
    asked: int
    household: str = ""
    frame: str = ""


@dataclass(frozen=True, slots=True)
class SealedList:
    """Everything that the draw depends on but the seed.

    `stock` is units by their slug; `rule` and `draw_by` are names of `vouchers.lottery.rules`. `seed_source` says
    in words which public number will be the seed, and `seed_from_on` (ISO date) from when it is known.
    """

    programme: str
    rule: str
    draw_by: str
    seed_source: str
    seed_from_on: str
    stock: Mapping[str, int] = field(default_factory=dict)
    lines: Sequence[Line] = ()


def write_list(sealed: SealedList) -> bytes:
    """The canonical file: the same list gives the same bytes, in whatever order its lines were found."""
    head = [
        (LIST_TITLE, VERSION),
        ("programme", sealed.programme),
        ("rule", sealed.rule),
        ("draw-by", sealed.draw_by),
        ("seed-source", sealed.seed_source),
        ("seed-from", sealed.seed_from_on),
        *(("stock", unit, str(stock)) for unit, stock in sorted(sealed.stock.items())),
        ("lines", str(len(sealed.lines))),
        COLUMNS,
    ]
    rows = (
        (line.number, line.unit, str(line.asked), line.household or NONE, line.frame or NONE)
        for line in sorted(sealed.lines)
    )
    return _text((*head, *rows))


def read_list(content: bytes) -> SealedList:
    """The list of a file that `write_list` made. Raise ListDamaged for any other bytes."""
    rows = [line.split("\t") for line in content.decode("utf-8", "replace").split("\n")]
    facts: dict[str, str] = {}
    stock: dict[str, int] = {}
    at = 0
    try:
        while tuple(rows[at]) != COLUMNS:
            name, *values = rows[at]
            if name == "stock":
                stock[values[0]] = int(values[1])
            else:
                (facts[name],) = values
            at += 1
        lines = []
        for number, unit, asked, household, frame in rows[at + 1 : -1]:
            at += 1
            lines.append(Line(number, unit, int(asked), _some(household), _some(frame)))
        sealed = SealedList(
            programme=facts["programme"],
            rule=facts["rule"],
            draw_by=facts["draw-by"],
            seed_source=facts["seed-source"],
            seed_from_on=facts["seed-from"],
            stock=stock,
            lines=lines,
        )
    except (ValueError, KeyError, IndexError) as problem:
        raise ListDamaged(at + 1) from problem
    if write_list(sealed) != content:
        raise ListDamaged(at + 1)
    return sealed


def write_result(sealed: SealedList, *, list_sha256: str, seed: str, won: Mapping[tuple[str, str], int]) -> bytes:
    """Each line of the list with what it has won, in the list's order."""
    head = [(RESULT_TITLE, VERSION), ("list", list_sha256), ("seed", seed), RESULT_COLUMNS]
    rows = (
        (line.number, line.unit, str(line.asked), str(won[line.number, line.unit])) for line in sorted(sealed.lines)
    )
    return _text((*head, *rows))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _text(rows: Iterable[Sequence[str]]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def _some(text: str) -> str:
    return "" if text == NONE else text
