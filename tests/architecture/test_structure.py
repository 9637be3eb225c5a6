"""The house as drawn: what the drawing promises and no type checker sees."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from config.env import BASE_DIR
from notary.client.values import Void
from regions.ids import new_id
from tests.factories import Town
from vouchers.notaries import NotaryCalledInTransaction, notary_of

ROOMS = ("config", "maintenance", "payments", "merchants", "vouchers", "regions", "notary")
FILE_LINES_MAX, FUNCTION_LINES_MAX = 400, 50
# What a money row's state or value may be written by, and by nothing else.
STATUS_WRITERS = {"payments/outcomes.py", "payments/refund_verification.py"}


def sources() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in (BASE_DIR / room).rglob("*.py"):
            if "migrations" not in path.parts:
                yield str(path.relative_to(BASE_DIR)), path.read_text()


def test_files_and_functions_stay_small() -> None:
    too_long = []
    for name, text in sources():
        if text.count("\n") > FILE_LINES_MAX:
            too_long.append(name)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_MAX:
                    too_long.append(f"{name}:{node.name} {length}")

    assert too_long == []


def test_no_file_is_a_bucket() -> None:
    buckets = {"utils.py", "util.py", "helpers.py", "services.py", "common.py", "misc.py", "core.py"}

    assert [name for name, _ in sources() if Path(name).name in buckets] == []


def test_one_place_writes_a_payments_status() -> None:
    writes = re.compile(r"\.update\([^)]*\bstatus=|SET status = |^ *\w+\.status = ", re.DOTALL | re.MULTILINE)
    writers = {name for name, text in sources() if name.startswith("payments/") and writes.search(text)}

    assert writers == STATUS_WRITERS


def test_the_guards_of_the_ledger_are_never_switched_off() -> None:
    assert [name for name, text in sources() if "pgtrigger.ignore" in text or "DISABLE TRIGGER" in text] == []


def test_no_text_of_ours_says_more_than_the_product() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=BASE_DIR, capture_output=True, text=True, check=True).stdout
    hosts = ("py" + "pi.org", "python" + "hosted", "registry." + "npmjs", "deb." + "debian.org")
    named = []
    for name in tracked.splitlines():
        path = BASE_DIR / name
        if path.suffix in {".py", ".md", ".txt", ".toml", ".html", ".js", ".css", ".yaml", ""} and path.is_file():
            text = path.read_text(errors="ignore")
            named += [f"{name}: {host}" for host in hosts if host in text]

    assert named == []


@pytest.mark.django_db(transaction=True)
def test_the_notary_is_never_called_inside_a_transaction() -> None:
    town = Town()

    with pytest.raises(NotaryCalledInTransaction), transaction.atomic():
        notary_of(town.region.notary).decide([Void(id=new_id())], budget=1)
