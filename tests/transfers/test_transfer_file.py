"""The bank's file, read back by a reader that knows only the banks' table of columns."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.transfers.errors import FieldInvalid, SumTooLarge
from payments.transfers.transfer_file import Account, Order, Payer, as_bytes, fields_of, records
from tests.transfers.parser import read

KANA = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789().-/ "
OUR_BANK = Account("0130", "ｼﾞﾖｳﾖｳ", "112", "ｶｼﾏ", "1", "1234567")
PAYER = Payer("0012345678", "ｶｼﾏｼｼﾖｳﾋﾝｹﾝｼﾞﾑｷﾖｸ", OUR_BANK)


def name(length: int) -> st.SearchStrategy[str]:
    """A name as it would be kept: no spaces at its ends, which padding could not be told from."""
    return st.text(KANA, min_size=1, max_size=length).map(str.strip).filter(bool)


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


ACCOUNTS = st.builds(
    Account, digits(4), name(15), digits(3), name(15), st.sampled_from(["1", "2", "4", "9"]), digits(7)
)
ORDERS = st.lists(st.builds(Order, ACCOUNTS, name(30), st.integers(1, 10**10 - 1), digits(10)), max_size=30)
PAYERS = st.builds(
    Payer,
    digits(10),
    name(40),
    ACCOUNTS,
    st.booleans(),
    st.booleans(),
    st.sampled_from(["0000", ""]),
    st.sampled_from("012"),
    st.sampled_from(["7", "8", ""]),
    st.booleans(),
)


def bank_part(account: Account) -> dict[str, str]:
    return {
        "bank": account.bank_code,
        "bank_name": account.bank_name.ljust(15),
        "branch": account.branch_code,
        "branch_name": account.branch_name.ljust(15),
        "deposit": account.kind,
        "account": account.number,
    }


@given(PAYERS, st.dates(date(2026, 1, 1), date(2030, 12, 31)), ORDERS)
def test_what_was_written_is_what_a_bank_reads(payer: Payer, pay_on: date, orders: list[Order]) -> None:
    raw = as_bytes(payer, records(payer, pay_on, orders))

    found = read(raw)
    assert raw == as_bytes(payer, records(payer, pay_on, orders))
    assert (found.line_ends, found.end_mark) == (payer.has_line_ends, payer.has_end_mark)
    assert found.header["client"] == payer.client_code
    assert found.header["name"] == payer.client_name.ljust(40)
    assert found.header["mmdd"] == f"{pay_on.month:02}{pay_on.day:02}"
    assert found.header.items() >= bank_part(payer.account).items()
    for order, line in zip(orders, found.transfers, strict=True):
        assert line.items() >= bank_part(order.account).items()
        assert (line["holder"], int(line["yen"])) == (order.holder.ljust(30), order.amount)
        assert line["house"] == payer.clearing_house.ljust(4)
        assert (line["new"], line["delivery"]) == (payer.new_code, payer.delivery.ljust(1))
        reference = line["code1"] + line["code2"]
        assert reference == (order.reference.ljust(20) if payer.has_edi else order.reference.rjust(20, "0"))
        assert line["mark"] == ("Y" if payer.has_edi else " ")
        assert line["rest"] == " " * 7


def test_the_preview_has_every_field_with_its_columns_and_bytes() -> None:
    line = records(PAYER, date(2026, 4, 30), [Order(OUR_BANK, "ｶ)ｶｼﾏｼﾖｳﾃﾝ", 9_800, "12")])[1]

    found = {field.field.words: field for field in fields_of(line)}

    starts = [field.first for field in fields_of(line)]
    assert starts == [1, 2, 6, 21, 24, 39, 43, 44, 51, 81, 91, 92, 112, 113, 114]
    assert (found["受取人名"].first, found["受取人名"].last) == (51, 80)
    assert found["受取人名"].hex.startswith("B6 29 B6 BC CF")
    assert found["振込金額"].text == "0000009800"
    assert sum(field.last - field.first + 1 for field in fields_of(line)) == 120


@pytest.mark.parametrize(
    "order",
    [
        Order(OUR_BANK, "カシマ", 1),  # full width
        Order(OUR_BANK, "ｶｼﾏｯ", 1),  # a small kana
        Order(OUR_BANK, "ｶｼﾏ+", 1),
        Order(OUR_BANK, "ｱ" * 31, 1),
        Order(OUR_BANK, "ｶｼﾏ", 0),
        Order(OUR_BANK, "ｶｼﾏ", 10**10),
        Order(OUR_BANK, "ｶｼﾏ", -1),
        Order(Account("013", "A", "１１２", "A", "1", "1234567"), "ｶｼﾏ", 1),  # full-width digits
        Order(Account("0130", "A", "112", "A", "1", "12345678"), "ｶｼﾏ", 1),
        Order(OUR_BANK, "ｶｼﾏ", 1, reference="A1"),  # customer codes are digits
    ],
)
def test_what_does_not_fit_is_refused_and_never_cut_off(order: Order) -> None:
    with pytest.raises(FieldInvalid):
        records(PAYER, date(2026, 4, 30), [order])


def test_a_total_of_thirteen_digits_is_refused() -> None:
    with pytest.raises(SumTooLarge):
        records(PAYER, date(2026, 4, 30), [Order(OUR_BANK, "ｶｼﾏ", 10**10 - 1)] * 101)
