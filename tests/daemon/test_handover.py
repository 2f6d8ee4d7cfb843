"""What both halves are told before the first frame."""

from dataclasses import replace

import pytest

from tallypost.daemon.handover import Handover
from tallypost.domain.aiming import Aiming
from tallypost.domain.alerts import AlertKind
from tallypost.domain.records import Provenance
from tallypost.errors import SettingsError
from tallypost.wall.frame import Alphabet

HANDOVER = Handover(
    device="tp-1",
    daemon=7,
    paced=True,
    interval_s=60.0,
    intervals_per_minute=2.0,
    alphabet=Alphabet(
        classes=("person", "car"),
        elements={"lines": {"gate": ()}, "car_parks": {"north": ("1", "2")}},
    ),
    provenance=Provenance(model="sha256:aa", site="sha256:bb", firmware="0.1.0"),
)


def test_what_is_handed_over_arrives_the_same() -> None:
    narrow = replace(
        HANDOVER.alphabet, alerts=(AlertKind.CAMERA_MOVED,), unasked=("speeds",)
    )
    aiming = Aiming(1800.0, 5000.5)
    told = replace(HANDOVER, kept=True, fetched=True, alphabet=narrow, aiming=aiming)

    assert Handover.from_json(told.to_json()) == told


def test_a_half_that_is_started_when_aiming_is_over_does_not_aim() -> None:
    aimed = replace(HANDOVER, aiming=Aiming(60.0, 100.0))

    assert aimed.aiming_at(99.9) == aimed.aiming
    assert aimed.aiming_at(100.0) is None
    assert HANDOVER.aiming_at(0.0) is None


def test_a_handover_is_one_line() -> None:
    assert HANDOVER.to_json().count(b"\n") == 1


NONE = {
    "nothing": b"",
    "no JSON": b"hello\n",
    "no object": b"[]\n",
    "another object": b"{}\n",
    "half of one": HANDOVER.to_json()[:-40],
    "one key too many": HANDOVER.to_json().replace(b'{"device"', b'{"x":1,"device"'),
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE.keys())
def test_what_is_no_handover_is_refused_with_a_wish(text: bytes) -> None:
    with pytest.raises(SettingsError, match="tallypost run"):
        Handover.from_json(text)
