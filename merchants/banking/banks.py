"""The directory of banks and branches, from the data that the banks' association publishes (`zengin-code`)."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import jaconv

from merchants.banking.errors import BankUnknown, BranchUnknown
from merchants.banking.kana import zengin_kana

NAME_LONGEST = 15
FOUND_MOST = 20


@dataclass(frozen=True, slots=True)
class Bank:
    """`code` of four digits; `kana` as the transfer file writes it, at most 15 characters."""

    code: str
    name: str
    kana: str

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


@dataclass(frozen=True, slots=True)
class Branch:
    """`code` of three digits; `kana` as the transfer file writes it, at most 15 characters."""

    code: str
    name: str
    kana: str

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


def find_bank(code: str) -> Bank:
    """The bank of this code; raise BankUnknown."""
    row = _directory().get(code)
    if row is None:
        raise BankUnknown(code)
    return _bank(row)


def find_branch(bank_code: str, code: str) -> Branch:
    """The branch of this code; raise BankUnknown or BranchUnknown."""
    bank = find_bank(bank_code)
    row = _directory()[bank_code].branches.get(code)
    if row is None:
        raise BranchUnknown(bank.name, code)
    return _branch(row)


def search_banks(text: str, *, most: int = FOUND_MOST) -> list[Bank]:
    """Banks by code, name or reading in kana of any kind; those that begin with it first."""
    return [_bank(row) for row in _matching(_directory().values(), text, most)]


def search_branches(bank_code: str, text: str, *, most: int = FOUND_MOST) -> list[Branch]:
    """The bank's branches in the same way; raise BankUnknown."""
    find_bank(bank_code)
    return [_branch(row) for row in _matching(_directory()[bank_code].branches.values(), text, most)]


@cache
def _directory() -> dict[str, Any]:
    # A third of a second and some memory, which only who looks up a bank shall pay.
    return dict(import_module("zengin_code").Bank.all)


def _bank(row: Any) -> Bank:
    return Bank(row.code, row.name, zengin_kana(row.kana)[:NAME_LONGEST])


def _branch(row: Any) -> Branch:
    return Branch(row.code, row.name, zengin_kana(row.kana)[:NAME_LONGEST])


def _matching(rows: Iterable[Any], text: str, most: int) -> list[Any]:
    wanted = _plain(text)
    if not wanted:
        return []
    ranked = []
    for row in rows:
        names = (row.code, _plain(row.name), _plain(row.kana))
        if any(wanted in name for name in names):
            ranked.append((not any(name.startswith(wanted) for name in names), row.code, row))
    ranked.sort(key=lambda entry: entry[:2])
    return [row for _later, _code, row in ranked[:most]]


_LARGE = str.maketrans("ァィゥェォッャュョヮ−ー", "アイウエオツヤユヨワ--")
_WORDS = ("銀行", "支店")


def _plain(text: str) -> str:
    """As it is compared: one width, one kind of kana, small kana large, without 銀行 or 支店 at its end."""
    plain = jaconv.hira2kata(unicodedata.normalize("NFKC", text)).translate(_LARGE).upper().replace(" ", "")
    for word in _WORDS:
        plain = plain.removesuffix(word) or plain
    return plain
