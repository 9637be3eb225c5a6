"""The customer's code as bytes: the published examples, a round trip, and whatever is not one of ours."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.cpm import LENGTH, ShownCode, new_digits, read_code, read_payload, write_code
from payments.errors import CodeElsewhere, CodeUnreadable

# EMVCo's example, and the beginning of every payload of the Japanese profile.
EXAMPLE = bytes.fromhex("85054350563031611A4F07A0000000555555570F1234567890123458D191220112345F")
JAPANESE = "hQVKUFFSMQ=="


def test_the_published_examples_are_read() -> None:
    assert read_payload(JAPANESE) == [(0x85, b"JPQR1")]
    (_format, version), (tag, application) = read_payload(base64.b64encode(EXAMPLE).decode())
    assert (version, tag, application[:9]) == (b"CPV01", 0x61, bytes.fromhex("4F07A0000000555555"))


def test_ours_begins_as_the_profile_says() -> None:
    assert write_code(region="kashima", digits=new_digits()).startswith("hQVKUFFS")


@given(region=st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True))
def test_what_is_written_is_read_back(region: str) -> None:
    digits = new_digits()

    assert read_code(write_code(region=region, digits=digits)) == ShownCode(digits, region)


def test_digits_are_read_as_people_type_them() -> None:
    digits = new_digits()
    wide = digits.translate({ord("0") + n: ord("０") + n for n in range(10)})

    for typed in (f"{digits[:5]} {digits[5:]}", f" {digits[:5]}-{digits[5:]} ", wide):
        assert read_code(typed) == ShownCode(digits)


@given(place=st.integers(0, LENGTH - 1), other=st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(place: int, other: int) -> None:
    digits = new_digits()
    slip = str((int(digits[place]) + other) % 10)

    with pytest.raises(CodeUnreadable):
        read_code(digits[:place] + slip + digits[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234",
        "x" * 5000,
        "https://example.jp/",
        JAPANESE[:-1],
        "hQVKUFFSMWGB",
        "00020101021126",
        "９" * 10_000,
        "hQ==",
    ],
)
def test_what_is_no_code_is_unreadable(text: str) -> None:
    with pytest.raises(CodeUnreadable):
        read_code(text)


@given(st.binary(max_size=120))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    for payload in (raw, EXAMPLE[:7] + raw):
        with pytest.raises((CodeUnreadable, CodeElsewhere)):
            read_code(base64.b64encode(payload).decode() or "-")


def test_another_services_code_is_told_from_a_broken_one() -> None:
    with pytest.raises(CodeElsewhere):
        read_code(base64.b64encode(EXAMPLE).decode())
