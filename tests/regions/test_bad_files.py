"""Files as they really come: each kind of damage is named in words, and nothing of it is read as something else."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from regions import sheet_import
from regions.csv_import import FILE_BYTES_MAX, BadValue, NotReadable, Row, check_rows, read_rows
from regions.dates import NoSuchDay, read_day

COLUMNS = {"no": "番号", "name": "氏名", "amount": "金額", "on": "日付"}


def read(data: bytes) -> list[Row]:
    return read_rows(data, columns=COLUMNS, required=("no", "name"))


def refusal(data: bytes) -> str:
    with pytest.raises(NotReadable) as refused:
        read(data)
    return str(refused.value)


def workbook(*rows: list[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-02-12", date(2023, 2, 12)),
        ("2023/2/12", date(2023, 2, 12)),
        ("2023.2.12", date(2023, 2, 12)),
        ("20230212", date(2023, 2, 12)),
        ("２０２３年２月１２日", date(2023, 2, 12)),
        ("2023/2/12 0:00", date(2023, 2, 12)),
        ("令和5年2月12日", date(2023, 2, 12)),
        ("令和 ５年 ２月 １２日", date(2023, 2, 12)),
        ("R5.2.12", date(2023, 2, 12)),
        ("r5/2/12", date(2023, 2, 12)),
        ("令5.2.12", date(2023, 2, 12)),
        ("㋿5.2.12", date(2023, 2, 12)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("H1.1.8", date(1989, 1, 8)),
        ("S64.1.7", date(1989, 1, 7)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("大正15年12月24日", date(1926, 12, 24)),
    ],
)
def test_dates_as_town_halls_write_them(text: str, day: date) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2023-02-30", "2023-2-30"),
        ("令和5年2月30日", "2023-2-30"),
        ("令和元年4月30日", "令和"),
        ("平成31年5月1日", "平成"),
        ("S64.1.8", "昭和"),
        ("H0.1.1", "平成"),
        ("慶応3年1月1日", "慶応"),
        ("12/2/2023", "2022-04-01"),
        ("昨日", "2022-04-01"),
        ("23-2-12", "2022-04-01"),
    ],
)
def test_a_day_that_never_was_is_named(text: str, said: str) -> None:
    with pytest.raises(NoSuchDay, match=said):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "yen"), [("５，０００", 5000), ("5,000円", 5000), ("¥5000", 5000), ("10,000,000", 10_000_000)]
)
def test_amounts_in_every_dress(text: str, yen: int) -> None:
    assert Row(2, {"amount": text}).whole_number("amount", least=1, most=10_000_000) == yen


@pytest.mark.parametrize(
    "text", ["-5000", "▲5000", "0", "10000001", "5.5", "5,0", "1e4", "五千", "9" * 5000, "", "=1+1"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        Row(2, {"amount": text}).whole_number("amount", least=1, most=10_000_000)


@pytest.mark.parametrize("cell", ["=SUM(A1)", "＝1+1", "@SUM(1)", "+cmd|' /C calc'!A0", '="00123"'])
def test_a_formula_is_not_taken_for_a_text(cell: str) -> None:
    with pytest.raises(BadValue):
        Row(2, {"name": cell}).text("name")


def test_files_in_two_encodings_are_refused_with_the_line() -> None:
    first, second = "番号,氏名\n1,山田\n", "2,佐藤\n"

    assert "3" in refusal(first.encode("cp932") + second.encode())
    assert "1" in refusal(first.encode() + second.encode("cp932"))
    assert "1" in refusal(first.encode("utf-8-sig") + second.encode("cp932"))


def test_half_width_kana_are_no_mixture() -> None:
    (row,) = read("番号,氏名\n1,ﾂｱｰｼﾏﾀﾞ\n".encode("cp932"))

    assert row.text("name") == "ﾂｱｰｼﾏﾀﾞ"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        "番号,氏名\n1,甲\n".encode("utf-16"),
        b"\x00\x01\x02",
        "番号\n1\n".encode(),
        '番号,氏名\n1,"甲\n2,乙\n'.encode(),
        "番号,氏名\n".encode() + b"1," + b"\x81\x00"[:1] + b"\xff\n",
        b"x" * (FILE_BYTES_MAX + 1),
        b"PK\x03\x04 no archive",
    ],
)
def test_what_is_no_list_is_refused_in_words(data: bytes) -> None:
    assert refusal(data)


def test_a_comma_without_quotation_marks_does_not_shift_what_follows() -> None:
    rows = read('番号,氏名,金額\n1,甲,10,000\n2,乙,"10,000"\n'.encode())

    good, bad = check_rows(rows, lambda row: row.whole_number("amount", least=1, most=99_999), skip_bad=True)

    assert good == [10_000]
    assert [line.number for line in bad] == [2]


def test_a_value_over_several_lines_keeps_the_numbers_right() -> None:
    rows = read('番号,氏名\n1,"甲\n乙"\n\n2,丙\n'.encode())

    assert [row.number for row in rows] == [2, 5]


def test_an_excel_file_is_read_as_what_it_shows() -> None:
    data = workbook(
        ["番号", "氏名", "金額", "日付"], ["001", "山田", 5000, date(2026, 4, 1)], [], [2, "佐藤", 10.5, "R8.4.1"]
    )

    first, second = read(data)

    assert (first.number, first.text("no"), first.whole_number("amount", least=1, most=9999)) == (2, "001", 5000)
    assert first.day("on") == second.day("on") == date(2026, 4, 1)
    assert second.number == 4
    with pytest.raises(BadValue):
        second.whole_number("amount", least=1, most=9999)


def test_a_formula_in_an_excel_file_is_named() -> None:
    (row,) = read(workbook(["番号", "氏名", "金額"], ["1", "甲", "=1000*50"]))

    with pytest.raises(BadValue):
        row.whole_number("amount", least=1, most=99_999)


def test_an_archive_that_unpacks_to_too_much_or_defines_entities_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_import, "UNPACKED_MAX", 1000)

    def archive(part: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/workbook.xml", part)
        return out.getvalue()

    assert refusal(archive(b"<x/>" + b" " * 1000))
    assert refusal(archive(b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><x/>'))
    assert refusal(archive(b"<x/>"))
