"""The text that a LoRaWAN network reads off a label."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.errors import PaperError
from tallypost_provisioning.labels.onboarding import checksum, onboarding

EXAMPLE = (
    "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR"
)
"""TR005's own, with all that may be in one; its checksum is AF2C."""
EUIS = st.from_regex(r"\A[0-9A-Fa-f]{16}\Z")


def test_the_checksum_is_that_of_the_recommendations_own_example() -> None:
    assert f"{checksum(EXAMPLE):04X}" == "AF2C"


def test_a_device_is_told_as_the_recommendation_spells_it() -> None:
    told = onboarding("aabbccddeeff0011", "1122334455667788", "AABB1122")

    start, _, check = told.rpartition(":")
    assert start == "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122"
    assert check == f"C{checksum(start):04X}"


@given(EUIS, EUIS, st.integers(0, 60))
def test_one_letter_read_wrong_does_not_pass(dev: str, join: str, at: int) -> None:
    told = onboarding(dev, join)
    start, check = told[:-6], told[-4:]
    place = at % len(start)
    wrong = start[:place] + ("0" if start[place] != "0" else "1") + start[place + 1 :]

    assert f"{checksum(wrong):04X}" != check


@pytest.mark.parametrize(
    ("dev", "join", "profile", "named"),
    [
        ("70B3D57ED000123", "0" * 16, "FFFF0000", "DevEUI"),
        ("70B3D57ED000123:", "0" * 16, "FFFF0000", "DevEUI"),
        ("0" * 16, "\N{ARABIC-INDIC DIGIT ZERO}" * 16, "FFFF0000", "JoinEUI"),
        ("0" * 16, "0" * 16, "FFFF0000:S1", "ProfileID"),
    ],
    ids=["short", "colon", "arabic-digits", "more"],
)
def test_what_is_no_number_of_lorawan_is_refused_by_its_name(
    dev: str, join: str, profile: str, named: str
) -> None:
    with pytest.raises(PaperError, match=f"^{named}: .*hexadecimal"):
        onboarding(dev, join, profile)
