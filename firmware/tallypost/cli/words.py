"""Kinds of words that commands take, checked as they are typed."""

import functools
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from tallypost.vision.detection.delegate import Delegate

SIZE = re.compile(r"([1-9]\d{0,5})x([1-9]\d{0,5})")
DEVICE = re.compile(r"[a-z0-9][a-z0-9-]{1,31}")
YEAR_MIN, YEAR_MAX = 1970, 2199


threads = click.option(
    "--threads",
    type=click.IntRange(1, 16),
    default=2,
    show_default=True,
    help="Processor cores for one picture.",
)
"""How many cores the model may use."""


class Option(click.ParamType[tuple[str, str]]):
    """One option of a library, as in device=usb."""

    name = "KEY=VALUE"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        """Return the key and the value."""
        key, equals, told = str(value).partition("=")
        if not key or not equals:
            self.fail(f"{value} is no option; write it as in device=usb", param, ctx)
        return key, told


def delegate(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--delegate` and its options; it takes them as `delegate`."""

    @click.option(
        "--delegate",
        "library",
        metavar="LIBRARY",
        help="An accelerator's library that runs the model, as in libedgetpu.so.1.",
    )
    @click.option(
        "--delegate-option",
        "options",
        type=Option(),
        multiple=True,
        help="What that library is told, as in device=usb; may be repeated.",
    )
    @functools.wraps(function)
    def command(
        *, library: str | None, options: tuple[tuple[str, str], ...], **others: Any
    ) -> Any:
        if options and library is None:
            raise click.UsageError("--delegate-option needs --delegate")
        chosen = None if library is None else Delegate(library, dict(options))
        return function(delegate=chosen, **others)

    return command


class Size(click.ParamType[tuple[int, int]]):
    """A picture's size, as in 768x576."""

    name = "WxH"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, int]:
        """Return width and height in pixels."""
        match = SIZE.fullmatch(str(value))
        if match is None:
            wish = "write width and height, as in 768x576"
            self.fail(f"{value} is no size; {wish}", param, ctx)
        return int(match[1]), int(match[2])


class Moment(click.ParamType[float]):
    """A moment by the calendar."""

    name = "TIME"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """Return seconds since 1970."""
        if isinstance(value, float):
            return value
        wish = "write it as 2026-11-22T10:15:00Z"
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is no time; {wish}", param, ctx)
        if not YEAR_MIN < moment.year < YEAR_MAX:
            years = f"{YEAR_MIN + 1} to {YEAR_MAX - 1}"
            self.fail(f"{value} is not in the years {years}; {wish}", param, ctx)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


class Number(click.FloatRange):
    """A number in a range; what is no number is refused, too."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the number."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is no number", param, ctx)
        return number


class Device(click.ParamType[str]):
    """A device's name."""

    name = "NAME"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return the name."""
        if DEVICE.fullmatch(str(value)) is None:
            wish = "write 2 to 32 small letters, digits or -, not beginning with -"
            self.fail(f"{value} is no name of a device; {wish}", param, ctx)
        return str(value)
