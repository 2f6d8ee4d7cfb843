"""Commands: whom a device believes, and that it does each of them once."""

import json
from pathlib import Path

import pytest

from tallypost.board.base import ClockReading
from tallypost.domain.commands import (
    EVERYBODY,
    Command,
    Identify,
    NewTlsKey,
    Outcome,
    Reboot,
    Report,
    ReportAlerts,
    RevokeKey,
    TakeCertificate,
    TrustKey,
    Update,
)
from tallypost.domain.records import ClockTrust
from tallypost.errors import RemoteStateError
from tallypost.telemetry.codec.signed import Purpose, key_id, seal
from tallypost.telemetry.remote.ledger import ANSWERS_MAX
from tests.telemetry.remote.world import World, private_key

REPORT = Report(first_seq=3, last_seq=7)


def test_a_signed_command_is_done_and_answered(world: World) -> None:
    reply = world.heed(world.signed(REPORT))

    assert (reply.outcome, reply.records) == (Outcome.DONE, 5)
    assert reply.command == "report"
    assert world.memory.asked == [(3, 7)]


def test_alerts_are_asked_for_apart_from_records(world: World) -> None:
    reply = world.heed(world.signed(ReportAlerts(first_seq=2, last_seq=4)))

    assert (reply.outcome, reply.records) == (Outcome.DONE, 3)
    assert reply.command == "report_alerts"
    assert (world.memory.alerts.asked, world.memory.asked) == ([(2, 4)], [])


def test_a_command_that_comes_twice_is_done_once_and_answered_alike(
    world: World,
) -> None:
    envelope = world.signed(REPORT)

    assert world.heed(envelope) == world.heed(envelope)
    assert len(world.memory.asked) == 1


def test_a_command_that_comes_again_after_a_power_cut_is_answered_alike(
    world: World,
) -> None:
    envelope = world.signed(REPORT)
    before = world.heed(envelope)
    world.start()

    assert world.heed(envelope) == before
    assert len(world.memory.asked) == 1


def test_a_command_that_a_power_cut_came_between_is_not_done_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    envelope = world.signed(REPORT)

    def power_cut(_command: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(world.hands, "carry_out", power_cut)
    with pytest.raises(KeyboardInterrupt):
        world.heed(envelope)
    world.start()

    assert world.heed(envelope).outcome is Outcome.FAILED
    [told] = world.orders.interrupted()
    assert told.outcome is Outcome.FAILED
    assert world.orders.interrupted() == []
    assert world.memory.asked == []


def test_an_older_command_is_replayed_whatever_it_asks(world: World) -> None:
    late = world.signed(REPORT)
    assert world.heed(world.signed(Identify(duration_s=5))).outcome is Outcome.DONE

    assert world.heed(late).outcome is Outcome.REPLAYED
    assert world.memory.asked == []


def test_a_command_whose_answer_is_forgotten_is_replayed_and_not_done(
    world: World,
) -> None:
    first = world.signed(REPORT)
    world.heed(first)
    for _ in range(ANSWERS_MAX + 1):
        world.heed(world.signed(Identify(duration_s=5)))

    assert world.heed(first).outcome is Outcome.REPLAYED
    assert len(world.memory.asked) == 1


def test_keys_count_by_themselves(world: World) -> None:
    world.heed(world.signed(TrustKey(public_key=_hex(2)), counter=10**9))

    assert world.heed(world.signed(REPORT, key=2)).outcome is Outcome.DONE


def _hex(number: int) -> str:
    return private_key(number).public_key().public_bytes_raw().hex()


FOREIGN = {
    "a key that nobody named": {"key": 2},
    "another device": {"device": "tp-2"},
    "everybody, asked to reboot": {"device": EVERYBODY},
    "issued in an hour": {"issued_s": 3600.0},
    "a lifetime of a month": {"lifetime_s": 30 * 86_400.0},
}


@pytest.mark.parametrize("words", FOREIGN.values(), ids=FOREIGN.keys())
def test_what_is_not_for_this_device_now_is_refused_and_uses_no_counter(
    world: World, words: dict[str, object]
) -> None:
    reply = world.heed(world.signed(Reboot(), **words))  # type: ignore[arg-type]

    assert reply.outcome is Outcome.REFUSED
    assert reply.reason
    assert world.ledger.last_counter(reply.key or "") == 0


HARMLESS: dict[str, tuple[Command, Outcome]] = {
    "identify": (Identify(duration_s=5), Outcome.DONE),
    "trust": (TrustKey(public_key=_hex(3)), Outcome.DONE),
    "revoke": (RevokeKey(key=key_id(bytes.fromhex(_hex(2)))), Outcome.DONE),
    "reboot": (Reboot(), Outcome.REFUSED),
    "report": (REPORT, Outcome.REFUSED),
    "alerts": (ReportAlerts(first_seq=3, last_seq=7), Outcome.REFUSED),
    "new key": (NewTlsKey(), Outcome.REFUSED),
    "certificate": (TakeCertificate(certificate="x"), Outcome.REFUSED),
    "update": (Update(version="2"), Outcome.REFUSED),
}


@pytest.mark.parametrize(("command", "outcome"), HARMLESS.values(), ids=HARMLESS.keys())
def test_only_what_is_harmless_may_be_asked_of_everybody(
    world: World, command: Command, outcome: Outcome
) -> None:
    world.heed(world.signed(TrustKey(public_key=_hex(2))))
    reply = world.heed(world.signed(command, device=EVERYBODY))

    assert reply.outcome is outcome


def test_what_has_expired_is_not_done_also_when_the_clock_is_set_back(
    world: World,
) -> None:
    envelope = world.signed(REPORT)
    world.board.advance(600.0)
    assert world.heed(envelope).outcome is Outcome.EXPIRED
    world.board.jump(-600.0)

    assert world.heed(envelope).outcome is Outcome.EXPIRED
    assert world.memory.asked == []


def test_without_a_clock_counters_alone_decide_and_time_never_runs_back(
    world: World,
) -> None:
    world.board.jump(-50 * 365 * 86_400.0)
    now_s = 50 * 365 * 86_400.0
    world.board.reading = ClockReading(ClockTrust.UNSYNCED, None)
    old = world.signed(REPORT, issued_s=now_s)
    newer = world.signed(REPORT, issued_s=now_s + 700.0)

    assert world.heed(newer).outcome is Outcome.DONE
    assert world.heed(newer) == world.heed(newer)
    assert world.heed(old).outcome is Outcome.REPLAYED
    late = world.signed(REPORT, issued_s=now_s)
    assert world.heed(late).outcome is Outcome.EXPIRED
    assert len(world.memory.asked) == 1


def test_a_signature_for_settings_is_none_for_a_command(world: World) -> None:
    body = b'{"schema":"tallypost.command/1"}'

    reply = world.heed(seal(body, Purpose.SETTINGS, private_key(1)))

    assert reply.outcome is Outcome.REFUSED
    assert "typ" in (reply.reason or "")


def test_any_other_byte_that_was_signed_is_refused(world: World) -> None:
    envelope = json.loads(world.signed(REPORT))
    for part in ("protected", "payload", "signature"):
        for place in range(0, len(envelope[part]), 7):
            letters = envelope[part]
            other = "A" if letters[place] != "A" else "B"
            changed = letters[:place] + other + letters[place + 1 :]
            reply, signed = world.orders.heed(
                json.dumps(envelope | {part: changed}).encode()
            )

            assert not signed, (part, place)
            assert reply.outcome is Outcome.REFUSED
    assert world.memory.asked == []


MALFORMED = {
    "nothing": b"",
    "no JSON": b"reboot",
    "no object": b"[]",
    "half": b'{"protected":"eyJhbGciOiJFZERTQSJ9","payload"',
    "no UTF-8": b'{"protected":"\xff"}',
    "a key twice": b'{"payload":"","payload":"","protected":"","signature":""}',
    "a stranger": b'{"protected":"","payload":"","signature":"","header":{}}',
    "numbers": b'{"protected":1,"payload":2,"signature":3}',
    "no base64": b'{"protected":"e30=","payload":"","signature":""}',
    "half a base64": b'{"protected":"e","payload":"","signature":""}',
    "an empty header": b'{"protected":"e30","payload":"","signature":""}',
    "a header that is no object": b'{"protected":"W10","payload":"","signature":""}',
    "nested": b'{"protected":' + b"[" * 30_000,
    "huge": b"{" + b" " * 40_000 + b"}",
    "a long number": b'{"protected":' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("payload", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_envelope_is_refused_with_a_reason(
    world: World, payload: bytes
) -> None:
    reply, signed = world.orders.heed(payload)

    assert not signed
    assert reply.outcome is Outcome.REFUSED
    assert reply.reason


BODIES = {
    "no JSON": b"reboot",
    "no command": b'{"schema":"tallypost.command/1"}',
    "a picture": b'{"schema":"tallypost.command/1","device":"tp-1","counter":1,'
    b'"issued":"2026-01-01T00:00:00Z","expires":"2026-01-01T00:01:00Z",'
    b'"command":"snapshot","arguments":{}}',
    "a path": b'{"schema":"tallypost.command/1","device":"tp-1","counter":1,'
    b'"issued":"2026-01-01T00:00:00Z","expires":"2026-01-01T00:01:00Z",'
    b'"command":"report","arguments":{"first_seq":1,"last_seq":2,"image":true}}',
    "backwards": b'{"schema":"tallypost.command/1","device":"tp-1","counter":1,'
    b'"issued":"2026-01-01T00:00:00Z","expires":"2026-01-01T00:01:00Z",'
    b'"command":"report","arguments":{"first_seq":2,"last_seq":1}}',
    "alerts backwards": b'{"schema":"tallypost.command/1","device":"tp-1","counter":1,'
    b'"issued":"2026-01-01T00:00:00Z","expires":"2026-01-01T00:01:00Z",'
    b'"command":"report_alerts","arguments":{"first_seq":2,"last_seq":1}}',
    "a huge counter": b'{"schema":"tallypost.command/1","device":"tp-1",'
    b'"counter":99999999999999999999,"issued":"2026-01-01T00:00:00Z",'
    b'"expires":"2026-01-01T00:01:00Z","command":"reboot","arguments":{}}',
    "half a letter": b'{"schema":"tallypost.command/1","device":"\\ud800"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_signed_nonsense_is_refused_with_a_reason(world: World, body: bytes) -> None:
    reply, signed = world.orders.heed(seal(body, Purpose.COMMAND, private_key(1)))

    assert signed
    assert reply.outcome is Outcome.REFUSED
    assert reply.reason


def test_a_disk_that_refuses_has_nothing_done(world: World) -> None:
    world.folder.joinpath("ledger.json").mkdir()

    assert world.heed(world.signed(REPORT)).outcome is Outcome.FAILED
    assert world.memory.asked == []


def test_a_damaged_ledger_is_no_empty_one(world: World, tmp_path: Path) -> None:
    for text in ("", "[]", '{"keys": 3}', '{"keys": {"k": [[1]]}}', '{"time": "x"}'):
        (tmp_path / "ledger.json").write_text(text)
        with pytest.raises(RemoteStateError, match=r"ledger\.json"):
            world.start()
