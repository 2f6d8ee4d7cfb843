"""A house that is not there: it answers what a phone may ask, of a drawn street.

`python -m tests.panel.fake_house` serves it, with the panel before it, to a developer.
"""

import base64
import hashlib
import json
import math
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from tallypost.errors import SettingsError
from tallypost.settings.reading import accept
from tallypost.settings.site import Site
from tests.panel.drawn_street import MOVERS, Point, crossing, sketch

Told = dict[str, Any]
CLASSES = ["person", "bicycle", "motorcycle", "car", "bus", "truck"]
UNKNOWN_HOURS = {20, 21}
TRIAL_S = 0.5
STREET: Told = {
    "site": {"name": "Station Road"},
    "lines": [
        {"name": "road", "start": [0.14, 0.78], "end": [0.9, 0.74]},
        {
            "name": "crossing",
            "start": [0.5, 0.4],
            "end": [0.5, 0.9],
            "classes": ["person"],
        },
    ],
    "zones": [
        {
            "name": "kerb",
            "polygon": [[0.62, 0.5], [0.95, 0.6], [0.98, 0.8], [0.7, 0.62]],
        }
    ],
}

CHECKS: list[tuple[str, bool | None, str, Told]] = [
    ("link", True, "link_margin", {"margin_db": 14}),
    ("clock", True, "clock_good", {"uncertainty_s": 0.02}),
    ("sharpness", True, "sharp", {"percent": 82}),
    ("rate", True, "rate_good_at", {"rate_hz": 12.4, "temperature_c": 54}),
    ("accuracy", True, "proven", {"tested": 1, "lines": 2}),
    ("privacy", None, "privacy_missing", {}),
]


class RefusedError(Exception):
    """The house will not; its arguments say why."""


class FakeHouse:
    """What a device would answer.

    Args:
        site: What is drawn at first.

    Attributes:
        asked: Every question, in order.
        extra: What `look` answers in place of what it would.
        changes: Rises with whatever the phones should look at anew.
        trial_fails: Whether the camera does not come back with what is drawn.
    """

    def __init__(self, site: Told | None = None) -> None:
        self.site: Told = json.loads(json.dumps(STREET if site is None else site))
        self.classes = list(CLASSES)
        self.aiming_until_s = 0.0
        self.trial: Told | None = None
        self.trial_fails = False
        self.changes = 0
        self._tried_at_s = 0.0
        self._before: Told = {}
        self.today: dict[str, dict[str, Counter[str]]] = {}
        self.test: Told | None = None
        self.void: Told | None = None
        self.accuracy: list[Told] = []
        self.certificate: Told | None = None
        self.asked: list[Told] = []
        self.extra: Told = {}
        self._feet: dict[int, Point] = {}
        self._looked_at_s = 0.0
        self._lock = threading.Lock()

    def answer(self, question: Told) -> Told:
        """Return what is answered to one question, its number included."""
        word = str(question.get("ask"))
        told: Callable[[Told], Told] | None = getattr(self, f"ask_{word}", None)
        with self._lock:
            self.asked.append(question)
            if told is None:
                return _refused(question, f"ask: {word} is no question that is known")
            try:
                return {"id": question.get("id"), "ok": True, **told(question)}
            except RefusedError as error:
                return _refused(question, *map(str, error.args))

    @property
    def site_hash(self) -> str:
        """Return what tells this drawing from another."""
        spelled = json.dumps(self.site, sort_keys=True).encode()
        return "sha256:" + hashlib.sha256(spelled).hexdigest()

    def ask_look(self, _: Told) -> Told:
        self._settle()
        left_s = self.aiming_until_s - time.monotonic()
        return {
            "device": "tp-0001",
            "firmware": "1.0.0",
            "classes": self.classes,
            "site": self.site,
            "site_hash": self.site_hash,
            "state": "watching",
            "aiming": {"left_s": left_s} if left_s > 0 else None,
            "rate_hz": 12.4,
            "clock": {"trust": "synced", "uncertainty_s": 0.02, "utc_s": time.time()},
            "link": {"up": True, "kind": "mqtt", "detail": ""},
            "health": health(),
            "trial": self.trial,
            "accuracy": self.accuracy,
            "privacy_test": {"passed": True, "when_utc_s": time.time() - 86_400},
            "certificate": self.certificate,
            "today": self._today(),
            "zones": {"kerb": {"occupancy_mean": {"person": 0.8}}},
            "car_parks": {},
            **self.extra,
        }

    def ask_watch(self, _: Told) -> Told:
        return {}

    def ask_aim(self, question: Told) -> Told:
        for_s = float(question.get("for_s", 900)) if question.get("on") else 0.0
        self.aiming_until_s = time.monotonic() + for_s
        return {"aiming": {"left_s": for_s} if for_s else None}

    def ask_draw(self, question: Told) -> Told:
        site = question["site"]
        try:
            accept(Path("site.toml"), site, Site)
        except SettingsError as error:
            raise RefusedError(*error.faults) from error
        if not question.get("dry"):
            self._before, self.site = self.site, site
            self.trial = {"state": "trial", "faults": [], "site_hash": self.site_hash}
            self._tried_at_s = time.monotonic()
            self.changes += 1
        return {"site_hash": self.site_hash}

    def _settle(self) -> None:
        """End a trial that has lasted for long enough."""
        if self.trial is None or self.trial["state"] != "trial":
            return
        if time.monotonic() - self._tried_at_s < TRIAL_S:
            return
        self.changes += 1
        if self.trial_fails:
            fault = "the camera did not come back with it; what was there before is"
            self.site = self._before
            self.trial = {**self.trial, "state": "rolled_back", "faults": [fault]}
        else:
            self.trial = {**self.trial, "state": "settled"}

    def ask_rows(self, question: Told) -> Told:
        first, second, third, fourth = question["corners"]
        many = int(question["spaces"])

        def along(one: list[float], other: list[float], part: float) -> list[float]:
            return [a + (b - a) * part for a, b in zip(one, other, strict=True)]

        parts = [number / many for number in range(many + 1)]
        near = [along(first, second, part) for part in parts]
        far = [along(fourth, third, part) for part in parts]
        return {
            "polygons": [
                [near[place], near[place + 1], far[place + 1], far[place]]
                for place in range(many)
            ]
        }

    def ask_history(self, question: Told) -> Told:
        now = int(time.time() // 3600) * 3600
        hours = range(24 * int(question["days"]) - 1, -1, -1)
        rush = [max(0.0, math.sin((hour % 24) / 24 * math.tau)) for hour in hours]
        return {
            "hours": [
                {
                    "start": _iso(now - hour * 3600),
                    "lines": {"road": {"person": round(40 + 180 * rush[place])}},
                }
                for place, hour in enumerate(hours)
                if hour not in UNKNOWN_HOURS
            ]
        }

    def ask_predict(self, question: Told) -> Told:
        site = question.get("site") or self.site
        return {
            "lines": [
                {
                    "name": line["name"],
                    "class": (line.get("classes") or ["bicycle"])[0],
                    "speed_kmh_max": 27,
                    "sentence_key": "missed_above",
                    "sentence_args": {
                        "class_name": (line.get("classes") or ["bicycle"])[0],
                        "kmh": 27,
                        "rate": 12.4,
                    },
                    "sentence": "",
                }
                for line in site.get("lines", [])
            ]
        }

    def ask_test_begin(self, question: Told) -> Told:
        line, kind = question["line"], question["class"]
        if line not in {each["name"] for each in self.site.get("lines", [])}:
            raise RefusedError(f"line: {line} is not drawn; choose another")
        self.test = {"line": line, "class": kind, "hand": [], "device": []}
        return {"test": self._test()}

    def ask_test_tap(self, question: Told) -> Told:
        if self.test is None:
            raise RefusedError("no test goes on; begin one")
        self.test["hand"].append(question["direction"])
        return {"test": self._test()}

    def ask_test_undo(self, _: Told) -> Told:
        if self.test and self.test["hand"]:
            self.test["hand"].pop()
        return {"test": self._test()}

    def _test(self) -> Told:
        assert self.test is not None
        return {
            "line": self.test["line"],
            "class": self.test["class"],
            "hand": dict(Counter(self.test["hand"])),
            "void": self.void,
        }

    def ask_test_end(self, _: Told) -> Told:
        if self.test is None:
            raise RefusedError("no test goes on; begin one")
        if self.void is not None:
            self.test = None
            return {"void": self.void}
        taps = len(self.test["hand"])
        error = -0.031 if taps else None
        result = {
            "line": self.test["line"],
            "class": self.test["class"],
            "taps": taps,
            "device": round(taps * 0.969),
            "error": error,
            "error_low": -0.08 if taps else None,
            "error_high": 0.02 if taps else None,
            "margin": 0.1,
            "equivalent": taps >= 5,
            "intervals": 5,
            "taps_more": max(0, 45 - taps),
        }
        self.test = None
        self.accuracy = [result]
        return {"result": result}

    def ask_accept(self, question: Told) -> Told:
        self.certificate = {
            "when_utc_s": time.time(),
            "name": question["technician"],
            "passed": bool(self.accuracy),
            "checks": [
                {
                    "name": name,
                    "passed": passed,
                    "value": "",
                    "sentence": key,
                    "sentence_key": key,
                    "sentence_args": arguments,
                }
                for name, passed, key, arguments in CHECKS
            ],
        }
        return {"certificate": self.certificate}

    def ask_paper(self, question: Told) -> Told:
        pdf = str(question["name"]).endswith(".pdf")
        content = b"%PDF-1.7\n%%EOF\n" if pdf else b'{"schema": "drawn"}\n'
        return {
            "content": base64.b64encode(content).decode(),
            "media_type": "application/pdf" if pdf else "application/jsonl",
        }

    def ask_identify(self, question: Told) -> Told:
        return {"on": question.get("on")}

    def tells(self) -> Iterator[Told]:
        """Yield what is to be told now: while somebody aims, what moves."""
        now_s = time.monotonic()
        with self._lock:
            passed = list(self._passed(now_s))
            aiming = now_s < self.aiming_until_s
        if not aiming:
            return
        yield from passed
        boxes = [box for mover in MOVERS if (box := mover.box(now_s)) is not None]
        yield {"tell": "boxes", "boxes": boxes}
        if now_s - self._looked_at_s >= 2:
            self._looked_at_s = now_s
            yield {"tell": "sketch", **sketch()}
            yield {"tell": "sight", "rate_hz": 12.4, "sharpness": 0.82, "light": 0.5}

    def _passed(self, now_s: float) -> Iterator[Told]:
        for number, mover in enumerate(MOVERS):
            foot, before = mover.foot(now_s), self._feet.pop(number, None)
            if foot is None:
                continue
            self._feet[number] = foot
            for line in self.site.get("lines", []) if before else ():
                wanted = line.get("classes", CLASSES)
                way = crossing(line, before, foot) if before else None
                if way and mover.class_name in wanted:
                    yield self._count(line["name"], mover.class_name, way)

    def _count(self, line: str, kind: str, way: str) -> Told:
        counts = self.today.setdefault(line, {}).setdefault(kind, Counter())
        counts[way] += 1
        if self.test and (line, kind) == (self.test["line"], self.test["class"]):
            self.test["device"].append(way)
        told = {"collection": "lines", "element": line, "class": kind}
        return {"tell": "event", **told, "direction": way, "ago_s": 0.1}

    def _today(self) -> Told:
        return {
            line: {
                kind: {"forward": ways["forward"], "backward": ways["backward"]}
                for kind, ways in classes.items()
            }
            for line, classes in self.today.items()
        }


def _refused(question: Told, *faults: str) -> Told:
    return {"id": question.get("id"), "ok": False, "faults": list(faults)}


def _iso(utc_s: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(utc_s))


def health() -> Told:
    """Return a device that is well."""
    return {
        "schema": "tallypost.health/1",
        "device": "tp-0001",
        "time": _iso(time.time()),
        "clock": "synced",
        "running_s": 1200.0,
        "outbox": {"records": 2, "alerts": 0, "refused": 0},
        "board": {
            "temperature_c": 54.2,
            "under_voltage": False,
            "under_voltage_since_boot": False,
            "throttled": False,
            "throttled_since_boot": False,
        },
        "firmware": "1.0.0",
        "site": "sha256:00",
    }


def main() -> None:
    """Serve the fake house and a panel until it is interrupted."""
    # Whoever serves the house knows it: no circle where it is loaded first.
    from tests.panel.serving import served  # noqa: PLC0415

    with served(FakeHouse()) as panel:
        sys.stdout.write(f"{panel.address}/#{panel.code}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
