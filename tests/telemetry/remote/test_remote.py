"""Hearing, in its order and within bounds."""

import json
from collections.abc import Callable

import pytest

from tallypost.domain.commands import Identify, Report
from tallypost.domain.desired import Refusal, Standing
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.codec.settings_v1 import (
    decode_desired,
    decode_reported,
    encode_desired,
)
from tallypost.telemetry.codec.signed import Purpose, seal
from tallypost.telemetry.remote.base import STRANGER_S
from tallypost.telemetry.remote.deaf import Deaf
from tallypost.telemetry.remote.desk import CUT_SHORT
from tallypost.telemetry.remote.remote import WAITING_MAX
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind
from tests.telemetry.remote.world import DEVICE, World, private_key

COMMAND, DESIRED = DownlinkKind.COMMAND, DownlinkKind.DESIRED


def digest_of(revision: int, settings: str) -> str:
    body = encode_desired(DEVICE, revision, site=None, settings=settings)
    return decode_desired(body).digest


def test_a_command_is_answered_in_the_next_step(world: World) -> None:
    [reply] = world.tell(COMMAND, world.signed(Report(first_seq=1, last_seq=2)))

    assert reply["outcome"] == "done"
    assert world.said[-1][0] is Subject.REPLY


def test_strangers_are_counted_and_answered_now_and_then(world: World) -> None:
    for _ in range(20):
        world.tell(COMMAND, b"open the door")
    assert len(world.said) == 1
    world.board.advance(STRANGER_S)
    world.tell(COMMAND, b"open the door")

    assert len(world.said) == 2
    assert world.remote.refused == 21


def test_strangers_do_not_keep_an_operator_from_an_answer(world: World) -> None:
    for _ in range(20):
        world.tell(COMMAND, b"open the door")

    [reply] = world.tell(COMMAND, world.signed(Identify(duration_s=1)))
    assert reply["outcome"] == "done"


def test_more_than_can_wait_is_dropped_and_counted(world: World) -> None:
    for _ in range(WAITING_MAX + 5):
        world.remote.hear(Downlink(COMMAND, b"x"))

    assert world.remote.refused == 5


def test_settings_are_adopted_once_and_reported_again(world: World) -> None:
    envelope = world.desired(5, "interval_s = 60")
    assert world.tell(DESIRED, envelope) == []
    [again] = world.tell(DESIRED, envelope)

    assert again["state"] == "trial"
    assert len(world.settlement.adopted) == 1


def test_older_settings_are_not_heeded(world: World) -> None:
    world.tell(DESIRED, world.desired(5, "interval_s = 60"))
    for revision in (4, 5):
        [told] = world.tell(DESIRED, world.desired(revision, "interval_s = 30"))
        assert (told["revision"], told["state"]) == (5, "trial")
        assert told["refused"] == {
            "reason": f"revision: {revision} is not above 5",
            "revision": revision,
            "digest": digest_of(revision, "interval_s = 30"),
        }

    assert len(world.settlement.adopted) == 1


def test_settings_with_faults_are_reported_with_all_of_them(world: World) -> None:
    [told] = world.tell(DESIRED, world.desired(5, "bad"))

    assert told["state"] == "refused"
    assert told["faults"] == ["bad: is bad"]


def test_settings_over_which_a_half_ends_are_judged_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_desired: object) -> None:
        raise RuntimeError("a fault of ours")

    envelope = world.desired(5, "good")
    monkeypatch.setattr(world.settlement, "faults", fails)
    with pytest.raises(RuntimeError):
        world.tell(DESIRED, envelope)
    world.start()
    [told] = world.tell(DESIRED, envelope)

    assert told["state"] == "refused"
    assert told["faults"] == [CUT_SHORT]


def test_settings_that_the_disk_refuses_are_reported_so(world: World) -> None:
    world.settlement.full = True
    [told] = world.tell(DESIRED, world.desired(5, "good"))

    assert told["state"] == "refused"
    assert "disk full" in str(told["faults"])


STRANGE = {
    "nothing": (lambda _: b"", "JSON"),
    "no envelope": (lambda _: b"{}", "protected"),
    "a key that nobody named": (
        lambda world: world.desired(6, "good", key=9),
        "protected.kid: is no key that is heeded here",
    ),
    "a command": (lambda world: world.signed(Identify(duration_s=1)), "typ"),
    "another's": (
        lambda _: seal(
            encode_desired("tp-2", 6, site=None, settings=None),
            Purpose.SETTINGS,
            private_key(1),
        ),
        "device: is another",
    ),
}


@pytest.mark.parametrize(("make", "reason"), STRANGE.values(), ids=STRANGE.keys())
def test_settings_that_are_not_heeded_are_counted_and_told_beside_what_is_in_force(
    world: World, make: Callable[[World], bytes], reason: str
) -> None:
    world.tell(DESIRED, world.desired(5, "good"))
    [told] = world.tell(DESIRED, make(world))

    assert (told["revision"], told["state"]) == (5, "trial")
    assert reason in str(told["refused"])
    assert world.remote.refused == 1
    assert len(world.settlement.adopted) == 1


def test_settings_of_strangers_are_answered_now_and_then(world: World) -> None:
    for _ in range(20):
        world.tell(DESIRED, world.desired(6, "good", key=9))
        world.tell(COMMAND, b"open the door")
    assert len(world.said) == 1
    world.board.advance(STRANGER_S)
    [told] = world.tell(DESIRED, world.desired(6, "good", key=9))

    assert told["refused"] == {
        "reason": "protected.kid: is no key that is heeded here",
        "revision": 6,
        "digest": digest_of(6, "good"),
    }
    assert "revision" not in told
    assert world.remote.refused == 41


def test_a_trial_ends_well_when_it_watches_and_delivers(world: World) -> None:
    world.tell(DESIRED, world.desired(5, "good"))
    world.remote.begin()
    world.remote.step(delivered=True, watching=False)
    world.remote.step(delivered=False, watching=True)
    assert world.settlement.confirmed == 0
    world.remote.step(delivered=True, watching=True)
    world.remote.step(delivered=True, watching=True)

    assert world.settlement.confirmed == 1
    assert world.settlement.said.standing is Standing.TRIAL  # the double only counts
    assert json.loads(world.said[-1][1])["state"] == "trial"


def deaf(world: World) -> Deaf:
    return Deaf(
        device=DEVICE,
        why="nobody",
        reported=world.settlement.reported,
        say=lambda subject, payload: world.said.append((subject, payload)),
        board=world.board,
    )


def test_without_operators_everything_is_refused_and_counted(world: World) -> None:
    remote = deaf(world)
    remote.begin()
    for _ in range(3):
        remote.hear(Downlink(COMMAND, b"x"))
        remote.step(delivered=True, watching=True)

    assert remote.refused == 3
    [(subject, payload)] = world.said
    reply = json.loads(payload)
    assert subject is Subject.REPLY
    assert (reply["outcome"], reply["reason"]) == ("refused", "nobody")


def test_without_operators_settings_are_refused_in_what_is_reported(
    world: World,
) -> None:
    remote = deaf(world)
    for envelope in (world.desired(5, "good"), b"nonsense"):
        remote.hear(Downlink(DESIRED, envelope))
        remote.step(delivered=True, watching=True)
        world.board.advance(STRANGER_S)

    assert [subject for subject, _ in world.said] == [Subject.REPORTED] * 2
    signed, nonsense = (decode_reported(payload) for _, payload in world.said)
    assert signed.standing is Standing.LOCAL
    assert signed.refused is not None
    assert (signed.refused.reason, signed.refused.revision) == ("nobody", 5)
    assert signed.refused.digest is not None
    assert nonsense.refused == Refusal(reason="nobody")
