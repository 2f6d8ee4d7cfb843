"""Knows what is going on, answers and tells it to whoever stands at the device."""

import base64
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tallypost.board.base import Board
from tallypost.domain.aiming import Aimed, Boxes, Passed, Sight, Sketch
from tallypost.domain.alerts import AlertRecord
from tallypost.domain.health import HealthRecord
from tallypost.domain.json_text import parse
from tallypost.domain.records import KpiRecord
from tallypost.errors import RecordError, SettingsError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.reception import hours
from tallypost.telemetry.reception.base import Answer, Deed, Deeds
from tallypost.telemetry.reception.window import Window

HEALTH_EVERY_S = 5.0
UNWATCHED_S = 60.0
"""Aiming ends when nobody has watched for so long."""
FRESH_S = 5.0
"""What was summed up a moment ago is good enough for the next phone."""
SINCE_S_MAX = 2 * hours.DAY_S
STARTING = "starting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What does not change until both halves start anew, and whom to ask what does.

    Attributes:
        device: Who we are.
        firmware: Its version.
        classes: What the model tells.
        site: What is drawn, as JSON: the keys of `site.toml`.
        site_hash: What tells it from another.
        link: The kind of the way out; None where there is none.
        health: How the device is.
        trial: What became of what was drawn last; None where nothing was.
        aiming_left_s: For how long it still is aimed; None where it is not.
        proved: What was proved of this device and this site: `accuracy`,
            `privacy_test` and `certificate`.
    """

    device: str
    firmware: str
    classes: tuple[str, ...]
    site: Mapping[str, object]
    site_hash: str
    link: str | None
    health: Callable[[], HealthRecord]
    trial: Callable[[], Answer | None]
    aiming_left_s: Callable[[], float | None]
    proved: Callable[[], Answer]


class Reception:
    """Whoever stands at the device asks here.

    Args:
        path: Of the socket.
        facts: What is known of the device.
        records: What was counted.
        deeds: What answers the questions that change something.
        board: Whose clocks are asked.
        tick: Called about once a second.

    Raises:
        OSError: There can be no socket there.
    """

    def __init__(
        self,
        path: Path,
        *,
        facts: Facts,
        records: hours.Records,
        deeds: Deeds,
        board: Board,
        tick: Callable[[], None],
    ) -> None:
        self._facts = facts
        self._records = records
        self._board = board
        self._tick = tick
        self._state = STARTING
        self._newest: KpiRecord | None = None
        self._sight: Sight | None = None
        self._told_s = -math.inf
        self._watched_s = board.monotonic_s()
        self._sums: dict[str, tuple[float, float, object]] = {}
        own: Mapping[str, Deed] = {"look": self._look, "history": self._history}
        self._deeds = {**own, **deeds}
        self._window = Window(path, self._deeds, self._each_second)

    def befell(self, state: str) -> None:
        """Take note of what the half that sees says of itself."""
        self._state = state
        self._window.tell("state", lambda: {"state": state})

    def made(self, made: KpiRecord | AlertRecord) -> None:
        """Take note of a record or an alert."""
        if isinstance(made, AlertRecord):
            alert = made
            self._window.tell("alert", lambda: _spelt(json_v1.encode_alert(alert)))
            return
        self._newest = record = made
        self._window.tell("record", lambda: _spelt(json_v1.encode(record)))

    def heard(self, told: Aimed) -> None:
        """Take note of what was told while somebody aims."""
        match told:
            case Passed():
                self._window.tell("event", lambda: self._passed(told))
            case Boxes():
                self._window.tell("boxes", lambda: {"boxes": _boxes(told)})
            case Sketch():
                self._window.tell("sketch", lambda: _sketch(told))
            case Sight():
                self._sight = told
                self._window.tell("sight", lambda: _sight(told))

    def close(self) -> None:
        """Answer nobody any more; closing twice is harmless."""
        self._window.close()

    def _each_second(self) -> None:
        self._tick()
        now_s = self._board.monotonic_s()
        self._leave_off(now_s)
        if self._window.watched and now_s >= self._told_s + HEALTH_EVERY_S:
            self._told_s = now_s
            self._window.tell("health", self._health)

    def _leave_off(self, now_s: float) -> None:
        """Have aiming end where nobody watches any more: their phones have gone."""
        if self._window.watched or self._facts.aiming_left_s() is None:
            self._watched_s = now_s
        elif now_s >= self._watched_s + UNWATCHED_S:
            self._watched_s = now_s
            with suppress(SettingsError):  # a disk that refuses: again in a minute
                self._deeds["aim"](on=False)

    def _health(self) -> Answer:
        return _spelt(json_v1.encode_health(self._facts.health()))

    def _look(self, since_utc_s: float | None = None) -> Answer:
        facts, clock = self._facts, self._board.clock()
        health, newest = self._health(), self._newest_record()
        left_s = facts.aiming_left_s()
        return {
            "device": facts.device,
            "firmware": facts.firmware,
            "classes": list(facts.classes),
            "site": facts.site,
            "site_hash": facts.site_hash,
            "state": self._state,
            "aiming": None if left_s is None else {"left_s": round(left_s, 1)},
            "rate_hz": self._rate_hz(newest, aiming=left_s is not None),
            "clock": {
                "trust": clock.trust.value,
                "uncertainty_s": clock.uncertainty_s,
                "utc_s": self._board.utc_s(),
            },
            "link": self._link(health.get("link")),
            "health": health,
            "trial": facts.trial(),
            "today": self._today(since_utc_s),
            "zones": newest.get("zones", {}),
            "car_parks": {
                name: {key: figures.get(key, 0) for key in _SPACES}
                for name, figures in newest.get("car_parks", {}).items()
            },
            "accuracy": [],
            "privacy_test": None,
            "certificate": None,
            **facts.proved(),
        }

    def _history(self, days: int) -> Answer:
        from_utc_s = self._board.utc_s() - days * hours.DAY_S
        found = self._fresh(f"history-{days}", from_utc_s, hours.by_hour, 12 * FRESH_S)
        return {"hours": found}

    def _today(self, since_utc_s: float | None) -> object:
        """Return what crossed since a moment; by default, since UTC began this day."""
        now_s = self._board.utc_s()
        midnight_s = math.floor(now_s / hours.DAY_S) * hours.DAY_S
        wanted_s = midnight_s if since_utc_s is None else since_utc_s
        from_s = min(max(wanted_s, now_s - SINCE_S_MAX), now_s)
        return self._fresh("today", from_s, hours.since, FRESH_S)

    def _fresh(
        self,
        name: str,
        from_utc_s: float,
        summed: Callable[[hours.Records, float], object],
        fresh_s: float,
    ) -> object:
        """Return what is summed up, a moment old at most."""
        now_s = self._board.monotonic_s()
        made_s, since_s, found = self._sums.get(name, (-math.inf, 0.0, None))
        if now_s - made_s < fresh_s and abs(since_s - from_utc_s) <= fresh_s:
            return found
        found = summed(self._records, from_utc_s)
        self._sums[name] = (now_s, from_utc_s, found)
        return found

    def _newest_record(self) -> Mapping[str, Any]:
        """Return the newest record as JSON; an empty one before the first."""
        return {} if self._newest is None else _spelt(json_v1.encode(self._newest))

    def _rate_hz(self, newest: Mapping[str, Any], *, aiming: bool) -> float | None:
        if aiming and self._sight is not None:
            return round(self._sight.rate_hz, 2)
        quality = newest.get("quality", {})
        observed_s = quality.get("observed_s", 0.0)
        return round(quality["frames"] / observed_s, 2) if observed_s else None

    def _link(self, health: object) -> Answer | None:
        if self._facts.link is None or not isinstance(health, dict):
            return None
        detail = "" if health.get("up") else health.get("last_trouble", "")
        return {"up": health.get("up"), "kind": self._facts.link, "detail": detail}

    def _passed(self, told: Passed) -> Answer:
        ago_s = self._board.monotonic_s() - told.at_monotonic_s
        return {
            "collection": told.collection,
            "element": told.element,
            "class": told.class_name,
            "direction": str(told.direction),
            "ago_s": round(max(ago_s, 0.0), 2),
        }


_SPACES = ("spaces", "free", "occupied", "unknown")


def _spelt(payload: bytes) -> dict[str, Any]:
    """Return what is sent to the backend, as a value."""
    found = parse(payload, bytes_max=json_v1.PAYLOAD_BYTES_MAX)
    if not isinstance(found, dict):
        raise RecordError("payload: is no object")
    return found


def _boxes(told: Boxes) -> list[list[object]]:
    return [[box.class_name, box.x1, box.y1, box.x2, box.y2] for box in told.boxes]


def _sketch(told: Sketch) -> Answer:
    cells = base64.b64encode(told.cells).decode("ascii")
    return {"width": told.width, "height": told.height, "cells": cells}


def _sight(told: Sight) -> Answer:
    return {
        "rate_hz": round(told.rate_hz, 2),
        "sharpness": round(told.sharpness, 3),
        "light": round(told.light, 3),
    }
