"""The codes of letters: what a slip of the finger does, and what the database keeps."""

from uuid import uuid4

from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from vouchers.grants.codes import ALPHABET, LENGTH, grouped, hash_of, hashes_of, is_well_formed, new_code, tidy

REGION = uuid4()


@given(st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_any_one_character_mistyped_is_noticed(place: int, other: str) -> None:
    code = new_code()
    mistyped = code[:place] + other + code[place + 1 :]

    assert is_well_formed(code)
    assert is_well_formed(mistyped) == (mistyped == code)


@given(st.integers(0, LENGTH - 2))
def test_two_neighbours_swapped_are_noticed(place: int) -> None:
    code = new_code()
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert is_well_formed(swapped) == (swapped == code)


def test_no_two_characters_look_alike() -> None:
    for pair in ("0O", "1I", "1L", "IL", "2Z", "5S", "8B", "6G", "UV", "OQ"):
        assert not set(pair) <= set(ALPHABET), pair


def test_a_code_may_be_typed_in_any_dress() -> None:
    code = new_code()

    for typed in (grouped(code), grouped(code).lower(), " ".join(code), code.translate(FULL_WIDTH), f"{code}\n"):
        assert tidy(typed) == code


def test_only_a_keyed_hash_of_the_region_is_kept() -> None:
    code = new_code()

    here = hash_of(REGION, code)
    assert here != hash_of(uuid4(), code)
    assert code not in here
    with override_settings(SECRET_KEY="another key of this platform"):
        assert hash_of(REGION, code) != here


def test_a_replaced_key_still_opens_what_was_printed() -> None:
    code = new_code()
    with override_settings(SECRET_KEY="the old key of this platform"):
        kept = hash_of(REGION, code)

    with override_settings(
        SECRET_KEY="the new key of this platform", SECRET_KEY_FALLBACKS=["the old key of this platform"]
    ):
        assert kept in hashes_of(REGION, code)


FULL_WIDTH = {ord(character): ord(character) + 0xFEE0 for character in ALPHABET}
