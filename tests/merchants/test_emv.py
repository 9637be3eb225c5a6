"""Payment codes in EMVCo's form: written as the standard says, read back, and what is wrong with one named."""

import binascii
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from vietqr_emvco import VietQRParser

from merchants.emv import TillPayload, Wrong, checksum, read_payload, read_till, write_payload
from merchants.errors import PayloadElsewhere, PayloadWrong
from merchants.latin import latin, trade_code

# A sample of the Japanese profile, and the same with the sum of another that is going round.
SAMPLE = (
    "0002016003xxx01021129300012D156000000000510A93FO3230Q31280012D1560000000103081234567826680019jp.or.paymentsjapan"
    "01130000000000001020400010306000001040600000153033925903xxx64180002JA0108メルペイ カフェ520441115802JP61071066143"
    "6304"
)
TILL = TillPayload(
    identifier="jp.lg.kashima.voucher",
    region="kashima",
    till="ABCD2345",
    name="SATOU SEIKATEN",
    city="KASHIMA CITY",
    address="https://voucher.kashima.lg.jp/kashima/pay/ABCD2345/",
    local_name="さとう青果店",
    postcode="3148655",
)


def resigned(text: str) -> str:
    body = text[:-4]
    return body + checksum(body)


def wrong(text: str) -> tuple[str, str]:
    with pytest.raises(PayloadWrong) as refused:
        read_till(text, identifier=TILL.identifier)
    return refused.value.why, refused.value.tag


def test_the_sum_is_that_of_the_published_examples() -> None:
    assert checksum("123456789") == "29B1"
    assert read_payload(SAMPLE + "DEE9")["26"].startswith("0019jp.or.paymentsjapan")
    with pytest.raises(PayloadWrong) as refused:
        read_payload(SAMPLE + "6D60")
    assert refused.value.why == Wrong.CHECKSUM


def test_lengths_count_characters_and_not_bytes() -> None:
    assert "0108メルペイ カフェ" in SAMPLE
    assert "0106さとう青果店" in write_payload(TILL)
    assert read_payload(SAMPLE + "DEE9")["64"] == "0002JA0108メルペイ カフェ"


def test_a_tills_code_holds_what_the_profile_wants_in_its_order() -> None:
    text = write_payload(TILL)
    fields = read_payload(text)

    assert list(fields) == ["00", "01", "26", "52", "53", "58", "59", "60", "61", "62", "64", "80", "63"]
    assert (fields["01"], fields["53"], fields["58"], "54" in fields) == ("11", "392", "JP", False)
    assert len(text) <= 512


def test_a_code_for_one_purchase_is_dynamic_and_holds_its_amount() -> None:
    fields = read_payload(write_payload(replace(TILL, amount=6_200, reference="QWER2345TYUP")))

    assert (fields["01"], fields["54"]) == ("12", "6200")
    assert "0512QWER2345TYUP" in fields["62"]


def test_an_independent_decoder_reads_the_same() -> None:
    text = write_payload(replace(TILL, amount=6_200))

    assert VietQRParser.parse_raw(text) == read_payload(text)
    assert VietQRParser.verify_checksum(text)
    assert f"{binascii.crc_hqx(text[:-4].encode(), 0xFFFF):04X}" == text[-4:]


LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1)
CODES = st.text("23456789ABCDEFGHJKMNPQRSTUVWXYZ", min_size=8, max_size=12)


@given(
    payload=st.builds(
        TillPayload,
        identifier=st.from_regex(r"[a-z]{2}\.[a-z]{1,29}", fullmatch=True),
        region=st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True),
        till=CODES,
        name=LATIN.map(lambda text: text[:25]),
        city=LATIN.map(lambda text: text[:15]),
        address=st.from_regex(r"https://[a-z./]{1,120}", fullmatch=True),
        local_name=st.text(st.characters(codec="utf-8"), max_size=25),
        postcode=st.from_regex(r"\d{7}", fullmatch=True) | st.just(""),
        amount=st.none() | st.integers(1, 10_000_000),
        reference=st.text("ABCDEFGH", max_size=25),
    )
)
def test_whatever_is_written_is_read_back(payload: TillPayload) -> None:
    text = write_payload(payload)

    assert read_till(text, identifier=payload.identifier) == payload
    assert len(text) <= 512
    assert VietQRParser.parse_raw(text) == read_payload(text)


@given(position=st.integers(6, 300), letter=st.characters(min_codepoint=32, max_codepoint=126))
def test_no_changed_letter_goes_unnoticed(position: int, letter: str) -> None:
    text = write_payload(replace(TILL, amount=100))
    # One byte for another is what the sum always finds.
    assume(position < len(text) and text[position].isascii() and text[position] != letter)

    with pytest.raises(PayloadWrong):
        read_till(text[:position] + letter + text[position + 1 :], identifier=TILL.identifier)


def test_what_is_wrong_is_named() -> None:
    text = write_payload(TILL)
    named = {
        "https://example.jp/": (Wrong.NOT_EMV, ""),
        text + "0" * 512: (Wrong.TOO_LONG, ""),
        text[:40]: (Wrong.CUT_OFF, "26"),
        text[:-4] + "0000": (Wrong.CHECKSUM, "63"),
        text[:-8]: (Wrong.NO_CHECKSUM, ""),
        text.replace("52045999", "5x045999"): (Wrong.TAG, "5x"),
        text.replace("52045999", "52x45999"): (Wrong.LENGTH, "52"),
        resigned(text.replace("52045999", "5204599952045999")): (Wrong.TWICE, "52"),
        resigned(text.replace("5303392", "5303840")): (Wrong.VALUE, "53"),
        resigned(text.replace("5802JP", "5802US")): (Wrong.VALUE, "58"),
        resigned(text.replace("52045999", "")): (Wrong.MISSING, "52"),
        resigned(text.replace("010211", "010212", 1)): (Wrong.MISSING, "54"),
        resigned(text.replace("5802JP", "5404-1005802JP")): (Wrong.VALUE, "54"),
    }

    assert {text: wrong(text) for text in named} == named


def test_somebody_elses_code_is_told_from_a_broken_one() -> None:
    with pytest.raises(PayloadElsewhere):
        read_till(SAMPLE + "DEE9", identifier=TILL.identifier)
    with pytest.raises(PayloadElsewhere):
        read_till(write_payload(replace(TILL, identifier="jp.example")), identifier=TILL.identifier)


def test_what_cannot_be_said_in_one_payload_is_refused() -> None:
    with pytest.raises(PayloadWrong):
        write_payload(replace(TILL, region="r" * 90))
    with pytest.raises(PayloadWrong):
        write_payload(replace(TILL, address="https://example.jp/" + "a" * 400))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("サトウセイカテン", "SATOUSEIKATEN"),
        ("こーひー・らんち", "KO-HI- RANCHI"),
        ("Café ＡＢＣ", "CAFE ABC"),
        ("佐藤青果店", "SHOP S0001"),
        ("", "SHOP S0001"),
    ],
)
def test_names_are_read_from_their_kana(text: str, read: str) -> None:
    assert latin(text, instead="SHOP S0001") == read


def test_a_trade_that_is_not_known_is_another_shop() -> None:
    assert [trade_code(category) for category in ("飲食店", "スーパー", "占い", "")] == ["5812", "5411", "5999", "5999"]
