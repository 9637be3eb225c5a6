"""A statement as paper, CSV and Excel: complete, and the same bytes whenever it is asked for."""

import csv
import io
from datetime import date

import pytest
from django.utils import translation
from openpyxl import load_workbook
from pypdf import PdfReader

from merchants.models import Merchant, Store
from payments.models import Statement, StatementDocument
from payments.settlement import paper
from payments.settlement.documents import document_of
from payments.settlement.sheet import SheetLine
from tests.factories import Town
from tests.settlement.town import close_next, moved_to, rule_for, statement_of
from tests.staff.sign_in import paid, refunded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def statement(transactional_db: None) -> Statement:
    town = Town(balance=50_000)
    rule = rule_for(town.region, fee_bp=300, fee_fixed=110, invoice_number="T1234567890123")
    Store.objects.filter(pk=town.store.pk).update(name="=鹿嶋商店")
    first = paid(town, 3_000)
    moved_to(first, date(2026, 4, 3))
    moved_to(refunded(first, 400, by=town.shop_person()), date(2026, 4, 5))
    moved_to(paid(town, 1_234), date(2026, 3, 31))
    return statement_of(town, close_next(rule))


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_paper_names_everything_that_is_paid_and_taken(statement: Statement) -> None:
    text = text_of(document_of(statement, "pdf").content)

    # 3 % of 3,834 are 115.02 yen.
    for shown in ("4,234", "-400", "-225", "3,609", "T1234567890123", statement.number, "2026/04/30"):
        assert shown in text, shown
    for line in statement.lines.all():
        assert f"{line.amount:,}" in text
        assert line.entry.payment.number in text
    assert statement.content_hash[:16] in text


def test_the_csv_opens_in_a_spreadsheet_adds_up_and_runs_nothing(statement: Statement) -> None:
    content = document_of(statement, "csv").content

    assert content.startswith(b"\xef\xbb\xbf")
    _head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    lines, sums = rows[:3], rows[3:]
    assert sum(int(row[6]) for row in lines) == statement.gross + statement.refunds
    assert sum(int(row[6]) for row in sums[:-1]) == int(sums[-1][6]) == statement.net
    assert {row[3] for row in rows} == {"'=鹿嶋商店"}


def test_the_excel_file_says_the_same_as_the_csv(statement: Statement) -> None:
    sheet = load_workbook(io.BytesIO(document_of(statement, "xlsx").content)).active
    assert sheet is not None

    in_excel = [["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    in_csv = list(csv.reader(io.StringIO(document_of(statement, "csv").content.decode("utf-8-sig"))))

    # There a text is marked as one by its type, and needs no sign before it.
    assert in_excel == [[value.removeprefix("'") for value in row] for row in in_csv]


@pytest.mark.parametrize("form", ["pdf", "csv", "xlsx"])
def test_the_bytes_are_the_same_whoever_asks_whenever_and_whatever_the_names_are_now(
    statement: Statement, form: str
) -> None:
    first = document_of(statement, form)
    Store.objects.update(name="別の店")
    Merchant.objects.update(name="別の事業者")

    with translation.override("en"):
        again = document_of(Statement.objects.get(pk=statement.pk), form)

    assert again.content == first.content
    assert StatementDocument.objects.get().sha256 == first.sha256


def test_a_long_statement_goes_on_over_many_pages_with_its_head_on_each(
    statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = SheetLine("2026/04/01 10:00:00", "支払い", "0000-0000-0000", "レジ<1>&", "商品券の事業", 100, is_late=True)
    monkeypatch.setattr(paper, "lines_of", lambda _statement: [line] * 3_000)

    pages = PdfReader(io.BytesIO(document_of(statement, "pdf").content)).pages

    assert len(pages) > 30
    assert all("0000-0000-0000" in page.extract_text() for page in pages[1:-1])


def test_a_name_with_signs_in_it_is_written_as_it_is(statement: Statement) -> None:
    statement.letterhead["merchant"] = "A&B <商店>"

    assert "A&B <商店>" in text_of(paper.statement_pdf(statement))
