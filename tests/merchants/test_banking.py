"""Names in the banks' kana, ゆうちょ's 記号 and 番号, and the directory of banks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.banking.banks import find_bank, find_branch, search_banks, search_branches
from merchants.banking.errors import (
    BankUnknown,
    BranchUnknown,
    CharacterNotAllowed,
    NameEmpty,
    NameTooLong,
    NumberInvalid,
    YuchoNumberInvalid,
    YuchoSymbolInvalid,
)
from merchants.banking.kana import check_holder, zengin_kana
from merchants.banking.numbers import account_number, masked
from merchants.banking.yucho import yucho_account

# Written down again from JIS X 0201 and the banks' list, not taken from the code.
BANK_TEXT = re.compile(r"[ｱ-ﾝﾞﾟA-Z0-9 (),\-./]+")
TYPED = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x3041, max_codepoint=0x3096),
        st.characters(min_codepoint=0x30A1, max_codepoint=0x30FA),
        st.characters(min_codepoint=0xFF61, max_codepoint=0xFF9F),
        st.sampled_from("ーABZaz09０９ＡＺ　 （）()．.-‐－・/,株式会社有限ガギャッ㈱"),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("カシマ ショウテン", "ｶｼﾏ ｼﾖｳﾃﾝ"),
        ("かしましょうてん", "ｶｼﾏｼﾖｳﾃﾝ"),
        ("株式会社　カシマフーズ", "ｶ)ｶｼﾏﾌ-ｽﾞ"),
        ("㈱カシマ", "ｶ)ｶｼﾏ"),
        ("カシマ（株）", "ｶｼﾏ(ｶ"),
        ("カシマ株式会社ミヤナカテン", "ｶｼﾏ(ｶ)ﾐﾔﾅｶﾃﾝ"),
        ("ユウゲンガイシャ　ヤマダ", "ﾕ)ﾔﾏﾀﾞ"),
        ("カシマ合同会社", "ｶｼﾏ(ﾄﾞ"),
        ("合名会社スズキ", "ﾒ)ｽｽﾞｷ"),
        ("合資会社スズキ", "ｼ)ｽｽﾞｷ"),
        ("医療法人社団ケンコウカイ", "ｲ)ｹﾝｺｳｶｲ"),
        ("一般財団法人ミドリ", "ｻﾞｲ)ﾐﾄﾞﾘ"),
        ("公益社団法人ミドリ", "ｼﾔ)ﾐﾄﾞﾘ"),
        ("宗教法人サクラ", "ｼﾕｳ)ｻｸﾗ"),
        ("学校法人マナビ", "ｶﾞｸ)ﾏﾅﾋﾞ"),
        ("社会福祉法人フクシ", "ﾌｸ)ﾌｸｼ"),
        ("特定非営利活動法人ミライ", "ﾄｸﾋ)ﾐﾗｲ"),
        ("ＮＰＯ法人ミライ", "ﾄｸﾋ)ﾐﾗｲ"),
        ("ｶ)ｶｼﾏ", "ｶ)ｶｼﾏ"),
        ("Cafe de Kashima", "CAFE DE KASHIMA"),
        ("ジョン・スミス", "ｼﾞﾖﾝ.ｽﾐｽ"),
        ("ヴィラ", "ｳﾞｲﾗ"),
        ("ヲガワ", "ｵｶﾞﾜ"),
    ],
)
def test_a_name_is_written_as_the_banks_want_it(typed: str, written: str) -> None:
    assert zengin_kana(typed) == written


@pytest.mark.parametrize(
    ("typed", "character", "position"),
    [("山田タロウ", "山", 1), ("カシマ&サン", "&", 4), ("カシマ'ズ", "'", 4), ("カシマ+", "+", 4), ("ア:イ", ":", 2)],
)
def test_a_character_without_a_place_is_named(typed: str, character: str, position: int) -> None:
    with pytest.raises(CharacterNotAllowed) as refused:
        zengin_kana(typed)

    assert (refused.value.character, refused.value.position) == (character, position)


def test_a_holder_needs_a_name_that_fits() -> None:
    assert check_holder("ア" * 30) == "ｱ" * 30
    with pytest.raises(NameTooLong) as refused:
        check_holder("ガ" * 16)
    assert (refused.value.length, refused.value.longest) == (32, 30)
    with pytest.raises(NameEmpty):
        check_holder("　 ")


@given(TYPED)
def test_what_is_written_has_only_the_banks_characters_and_stays_as_it_is(typed: str) -> None:
    try:
        written = zengin_kana(typed)
    except (CharacterNotAllowed, NameEmpty):
        return

    assert BANK_TEXT.fullmatch(written)
    assert zengin_kana(written) == written


@pytest.mark.parametrize(
    ("symbol", "number", "branch", "account", "kind"),
    [
        ("10740", "12345671", "078", "1234567", 1),
        ("１０７４０－２", "1234 5671", "078", "1234567", 1),
        ("10010", "11", "008", "0000001", 1),
        ("00140", "123456", "019", "0123456", 2),
        ("01780-8", "42", "179", "0000042", 2),
    ],
)
def test_a_passbook_of_yucho_becomes_an_account(symbol: str, number: str, branch: str, account: str, kind: int) -> None:
    made = yucho_account(symbol, number)

    assert (made.bank_code, made.branch_code, made.number, made.kind) == ("9900", branch, account, kind)


@pytest.mark.parametrize("symbol", ["", "1074", "107400", "20740", "10741", "1074a", "10740-22"])
def test_a_symbol_that_is_none_is_refused(symbol: str) -> None:
    with pytest.raises(YuchoSymbolInvalid):
        yucho_account(symbol, "12345671")


@pytest.mark.parametrize(
    ("symbol", "number"),
    [
        *(("10740", number) for number in ("", "12345678", "1", "123456711", "0000001", "12a45671")),
        *(("00140", number) for number in ("1234567", "0", "")),
    ],
)
def test_a_number_that_is_none_is_refused(symbol: str, number: str) -> None:
    with pytest.raises(YuchoNumberInvalid):
        yucho_account(symbol, number)


def test_every_savings_branch_of_yucho_that_a_symbol_names_is_in_the_directory() -> None:
    branches = {branch.code for digit in "0123456789" for branch in search_branches("9900", digit, most=1000)}

    assert find_branch("9900", yucho_account("10740", "12345671").branch_code).kana == "ｾﾞﾛﾅﾅﾊﾁ"
    assert {code[-1] for code in branches} <= {"8", "9"}


def test_banks_are_found_by_code_name_and_reading() -> None:
    assert find_bank("0001").kana == "ﾐｽﾞﾎ"
    assert [bank.code for bank in search_banks("みずほ銀行")][:1] == ["0001"]
    assert "0130" in [bank.code for bank in search_banks("じょうよう")]
    assert search_banks("0130")[0].name == "常陽"
    assert "鹿島" in {branch.name for branch in search_branches("0130", "かしま", most=100)}
    assert search_banks("") == search_banks("そのような銀行はない") == []


def test_an_unknown_bank_or_branch_is_refused() -> None:
    with pytest.raises(BankUnknown):
        find_bank("9999")
    with pytest.raises(BankUnknown):
        search_branches("abcd", "1")
    with pytest.raises(BranchUnknown) as refused:
        find_branch("0001", "000")
    assert refused.value.bank_name == "みずほ"


def test_every_bank_and_branch_can_be_written_into_a_transfer_file() -> None:
    banks = [bank for digit in "0123456789" for bank in search_banks(digit, most=2000)]

    assert len({bank.code for bank in banks}) > 1000
    for bank in {bank.code: bank for bank in banks}.values():
        assert BANK_TEXT.fullmatch(bank.kana)
        assert len(bank.kana) <= 15


@pytest.mark.parametrize(("typed", "number"), [("1234567", "1234567"), ("１２３", "0000123"), ("12-34 5", "0012345")])
def test_an_account_number_is_seven_digits(typed: str, number: str) -> None:
    assert account_number(typed) == number
    assert masked(number) == "••••" + number[-3:]


@pytest.mark.parametrize("typed", ["", "12345678", "12a", "0000000"])
def test_an_account_number_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(NumberInvalid):
        account_number(typed)
