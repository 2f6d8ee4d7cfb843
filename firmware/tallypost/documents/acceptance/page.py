"""Lays a certificate out: one page that is read at arm's length, and by a telephone."""

from collections.abc import Iterator

from tallypost.acceptance.certificate import DIGEST, Certificate, code_text
from tallypost.acceptance.checks import Check
from tallypost.documents.acceptance.words.languages import LANGUAGES
from tallypost.documents.acceptance.words.wording import Wording
from tallypost.documents.drawing.code import code
from tallypost.documents.drawing.drawing import (
    A4_PT,
    Drawing,
    Outline,
    Shape,
    Words,
    circle,
    polygon,
    rectangle,
)
from tallypost.documents.drawing.font import Fonts
from tallypost.documents.drawing.pdf import pdf
from tallypost.documents.drawing.wrapping import lines
from tallypost.domain.acceptance import Accuracy

ATTACHED = "certificate.jsonl"
MARK = "tallypost:certificate"
WIDTH, HEIGHT = A4_PT
MARGIN, BAND = 40.0, 112.0
CODE_PT = 222.0
"""At 150 dots an inch, each of the 125 dots of the largest code is 3.7 of them."""
FOOT = HEIGHT - MARGIN - CODE_PT
GREEN, RED, BLUE, AMBER = "#1d6b34", "#a11d1d", "#0b3d5c", "#8a5a00"
WHITE, INK, GREY = "#ffffff", "#1b1b1b", "#5a5a5a"
LEADING = 1.28
SIZES_PT = (12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0)
"""Of the letters: the largest with which everything has room."""
SIGN_PT, NAME_PT = 22.0, 145.0
KEY_GROUP = 8
TESTS_MAX = 12
"""So many results are on paper; the signed statement has all."""
REMARKS_LINES_MAX, TEXT_LINES_MAX = 20, 1000
"""So many lines of remarks, however small the letters are; likewise."""
GAP = 14.0
BLOCK_EM = 0.8 + 1.4 + 0.4
"""Around the lines of a block, its heading included."""
Part = Words | Shape


def certificate_pdf(
    certificate: Certificate, language: str, fonts: Fonts | None = None
) -> bytes:
    """Return the page as a PDF that carries the signed statement.

    Args:
        certificate: What was signed.
        language: One of `LANGUAGES`.
        fonts: Where its letters come from; those of the system without it.

    Raises:
        PaperError: They have not all the letters, or cannot be read.
    """
    drawn = page(certificate, language)
    return pdf(drawn, fonts or Fonts(), {ATTACHED: certificate.line + b"\n"})


def page(certificate: Certificate, language: str) -> Drawing:
    """Return the page.

    Args:
        certificate: What was signed.
        language: One of `LANGUAGES`.
    """
    wording = LANGUAGES[language]
    return Drawing(
        title=f"{wording.title}: {certificate.device}",
        language=language,
        mark=f"{MARK} key={certificate.public_key.hex()}",
        parts=[
            *_band(certificate, wording),
            *_middle(certificate, wording),
            *_foot(certificate, wording),
        ],
    )


def _band(certificate: Certificate, wording: Wording) -> Iterator[Part]:
    """Yield the head: what it is, of which device, and what came of it."""
    colour = GREEN if certificate.passed else RED
    verdict = wording.passed if certificate.passed else wording.not_passed
    yield Shape((rectangle(0, 0, WIDTH, BAND),), colour)
    yield _sign(certificate.passed, MARGIN + 22, BAND / 2, 26, WHITE)
    left = MARGIN + 66
    yield Words(left, 34, wording.title, 17, colour=WHITE)
    yield Words(left, 68, verdict, 28, bold=True, colour=WHITE)
    signed = certificate.signed or wording.undated
    told = f"{certificate.device} · {wording.signed}: {signed}"
    yield from _paragraph(told, left, 94, 12, WIDTH - left - MARGIN, WHITE)


def _middle(certificate: Certificate, wording: Wording) -> list[Part]:
    """Return all that was found, its letters as large as there is room for."""
    for size in SIZES_PT:
        parts, y = _found(certificate, wording, size)
        if y <= FOOT - GAP:
            break
    return parts


def _found(
    certificate: Certificate, wording: Wording, size: float
) -> tuple[list[Part], float]:
    y = BAND + 30.0
    parts: list[Part] = [Words(MARGIN, y, wording.checks, size + 3, True, BLUE)]  # noqa: FBT003  # bold
    y += size * 1.9
    for check in certificate.checks:
        drawn, y = _check(check, wording, y, size)
        parts += drawn
    tests = [
        _test(line, name, each, wording)
        for line, classes in certificate.accuracy.items()
        for name, each in classes.items()
    ]
    for heading, paragraphs in (
        (wording.accuracy, _first(tests)),
        (wording.technician, [certificate.technician]),
    ):
        if any(paragraphs):
            drawn, y = _block(heading, paragraphs, y, size)
            parts += drawn
    if certificate.remarks.strip():
        remarks = _remarks(certificate.remarks, wording, y, size)
        drawn, y = _block(wording.remarks, remarks, y, size)
        parts += drawn
    return parts, y


def _remarks(text: str, wording: Wording, y: float, size: float) -> list[str]:
    """Return the lines of remarks; of too many, those that have room above the foot."""

    def wrapped(size: float) -> list[str]:
        return [
            line
            for each in text.splitlines()
            for line in lines(each, width_pt=WIDTH - 2 * MARGIN, size_pt=size)
        ]

    smallest = SIZES_PT[-1]
    most, found = TEXT_LINES_MAX, wrapped(size)
    if len(wrapped(smallest)) > REMARKS_LINES_MAX:
        most = REMARKS_LINES_MAX
    if size == smallest:
        room_pt = FOOT - GAP - y - BLOCK_EM * size
        most = min(most, max(int(room_pt / (size * LEADING)), 1))
    return [*found[: most - 1], wording.attached] if len(found) > most else found


def _check(
    check: Check, wording: Wording, y: float, size: float
) -> tuple[list[Part], float]:
    """Return one row: a sign, what was looked at, and what was found."""
    word, colour = {
        True: (wording.good, GREEN),
        False: (wording.bad, RED),
        None: (wording.unknown, AMBER),
    }[check.passed]
    left = MARGIN + SIGN_PT
    name = wording.names.get(check.name, check.name)
    parts: list[Part] = [
        _sign(check.passed, MARGIN + 7, y - size * 0.36, size * 0.62, colour),
        Words(left, y, name, size, bold=True, colour=INK),
    ]
    said = wording.sentences[check.key].format_map(check.arguments)
    told = f"{word}: {said}"
    column = left + NAME_PT
    drawn = list(_paragraph(told, column, y, size, WIDTH - MARGIN - column, INK))
    below = y + size * LEADING * max(len(drawn), 1)
    return [*parts, *drawn], below + size * 0.45


def _block(
    heading: str, paragraphs: list[str], y: float, size: float
) -> tuple[list[Part], float]:
    y += size * 0.8
    parts: list[Part] = [Words(MARGIN, y, heading, size + 1, bold=True, colour=BLUE)]
    y += size * 1.4
    for each in paragraphs:
        drawn = list(_paragraph(each, MARGIN, y, size, WIDTH - 2 * MARGIN, INK))
        parts += drawn
        y += size * LEADING * len(drawn)
    return parts, y + size * 0.4


def _first(tests: list[str]) -> list[str]:
    """Return as many results as have room, and how many more there are."""
    more = len(tests) - TESTS_MAX
    return [*tests[:TESTS_MAX], f"+ {more}"] if more > 0 else tests


def _test(line: str, class_name: str, found: Accuracy, wording: Wording) -> str:
    bounded = found.error_low is not None and found.error_high is not None
    sentence = wording.line if bounded else wording.unbounded
    return sentence.format(
        line=line,
        class_name=class_name,
        taps=found.taps,
        error=_percent(found.error),
        low=_percent(found.error_low or 0.0),
        high=_percent(found.error_high or 0.0),
        margin=f"±{100 * found.margin:g}%",
        verdict=wording.proven if found.equivalent else wording.unproven,
    )


def _percent(share: float) -> str:
    return f"{100 * share:+.1f}%".replace("-", "−")  # noqa: RUF001  # as it is printed


def _foot(certificate: Certificate, wording: Wording) -> Iterator[Part]:
    """Yield the code and what checks it."""
    text = code_text(certificate)
    yield Shape((rectangle(MARGIN, FOOT - 6, WIDTH - 2 * MARGIN, 1),), BLUE)
    yield code(text, CODE_PT).placed(WIDTH - MARGIN - CODE_PT + 8, FOOT + 8)
    width, y = WIDTH - 2 * MARGIN - CODE_PT - 6, FOOT + 24.0
    told = wording.digest if text.startswith(DIGEST) else wording.code
    key = certificate.public_key.hex()
    groups = [key[at : at + KEY_GROUP] for at in range(0, len(key), KEY_GROUP)]
    counted = (
        f"{wording.counted_with} firmware {certificate.firmware}, "
        f"model {_short(certificate.model)}, site {_short(certificate.site)}"
    )
    for paragraph, size, bold in (
        (told, 9.5, False),
        (wording.key, 9.5, True),
        (" ".join(groups), 12.0, False),
        (counted, 8.0, False),
    ):
        for each in lines(paragraph, width_pt=width, size_pt=size, bold=bold):
            yield Words(MARGIN, y, each, size, bold=bold, colour=INK)
            y += size * LEADING
        y += 6


def _short(digest: str | None) -> str:
    return "-" if digest is None else digest.removeprefix("sha256:")[:16]


def _paragraph(  # where, how, and what
    text: str, x: float, y: float, size: float, width: float, colour: str
) -> Iterator[Words]:
    for each in lines(text, width_pt=width, size_pt=size):
        yield Words(x, y, each, size, colour=colour)
        y += size * LEADING


def _sign(
    passed: bool | None,  # noqa: FBT001  # one fact
    x: float,
    y: float,
    radius: float,
    colour: str,
) -> Shape:
    """Return a tick, a cross or a dash in a circle: colour alone tells nobody."""
    inside = {True: _TICK, False: _CROSS, None: _DASH}[passed]
    scaled = [[(x + radius * a, y + radius * b) for a, b in each] for each in inside]
    outlines: list[Outline] = [circle(x, y, radius), *map(polygon, scaled)]
    return Shape(tuple(outlines), colour)


_TICK = (
    (
        (-0.55, 0.05),
        (-0.38, -0.12),
        (-0.12, 0.14),
        (0.42, -0.42),
        (0.58, -0.25),
        (-0.12, 0.48),
    ),
)
_CROSS = (
    (
        (-0.5, -0.34),
        (-0.34, -0.5),
        (0.0, -0.16),
        (0.34, -0.5),
        (0.5, -0.34),
        (0.16, 0.0),
        (0.5, 0.34),
        (0.34, 0.5),
        (0.0, 0.16),
        (-0.34, 0.5),
        (-0.5, 0.34),
        (-0.16, 0.0),
    ),
)
_DASH = (((-0.5, -0.12), (0.5, -0.12), (0.5, 0.12), (-0.5, 0.12)),)
