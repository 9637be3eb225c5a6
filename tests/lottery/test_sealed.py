"""The files: canonical, read back as written, and nothing else is taken for one."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lottery.script import PATH
from vouchers.lottery.rules import draw
from vouchers.lottery.sealed import Line, ListDamaged, SealedList, read_list, sha256, write_list, write_result

LINES = [Line("BBBBB-22222", "local", 2, "H-1", "seniors"), Line("AAAAA-11111", "common", 4)]
SEALED = SealedList(
    "kashima/2022", "reduced", "person", "宝くじ第1000回1等", "2026-12-01", {"local": 1, "common": 9}, LINES
)


def test_the_file_is_the_same_in_whatever_order_lines_were_found() -> None:
    other = SealedList(
        "kashima/2022", "reduced", "person", "宝くじ第1000回1等", "2026-12-01", {"common": 9, "local": 1}, LINES[::-1]
    )

    assert write_list(SEALED) == write_list(other)
    assert write_list(SEALED).decode().splitlines()[-2:] == [
        "AAAAA-11111\tcommon\t4\t-\t-",
        "BBBBB-22222\tlocal\t2\tH-1\tseniors",
    ]


def test_it_is_read_as_it_was_written() -> None:
    assert write_list(read_list(write_list(SEALED))) == write_list(SEALED)


@given(st.integers(0, len(write_list(SEALED)) - 1))
def test_a_changed_byte_is_another_hash_and_mostly_no_list(at: int) -> None:
    content = bytearray(write_list(SEALED))
    content[at] ^= 1

    assert sha256(bytes(content)) != sha256(write_list(SEALED))
    # A stock may read as another number; that is why the hash is published.
    with suppress(ListDamaged):
        assert read_list(bytes(content)) != SEALED


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"number\n", write_list(SEALED)[:-1], write_list(SEALED) + b"x"])
def test_what_is_no_list_is_not_read(content: bytes) -> None:
    with pytest.raises(ListDamaged):
        read_list(content)


def test_the_script_run_as_people_run_it(tmp_path: Path) -> None:
    content, out = write_list(SEALED), tmp_path / "result.txt"
    (tmp_path / "list.txt").write_bytes(content)

    told = subprocess.run(
        [sys.executable, "-I", str(PATH), "list.txt", "12345", "--out", str(out)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    expected = write_result(SEALED, list_sha256=sha256(content), seed="12345", won=draw(SEALED, "12345"))
    assert out.read_bytes() == expected
    assert sha256(content) in told
    assert sha256(expected) in told
