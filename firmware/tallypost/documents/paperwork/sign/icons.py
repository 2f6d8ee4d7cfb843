"""Our own small pictures for the sign, each in a square of 24 by 24 points."""

from collections.abc import Mapping

from tallypost.documents.drawing.drawing import (
    Outline,
    circle,
    polygon,
    rectangle,
)

Icon = tuple[Outline, ...]


def _person(x: float) -> Icon:
    right = ((2.4, 10.5), (3.4, 17), (1.6, 17), (1.6, 22))
    left = ((-across, y) for across, y in reversed(right))
    body = polygon((x + across, y) for across, y in (*right, *left))
    return circle(x, 7, 2.6), body


ICONS: Mapping[str, Icon] = {
    "camera": (
        rectangle(2, 8, 14, 9),
        polygon(((17, 11), (22, 8.5), (22, 16.5), (17, 14))),
        circle(9, 12.5, 2.6),
        rectangle(7.8, 17.6, 2.4, 4.4),
    ),
    "measured": (*_person(7), *_person(16.5)),
    "purpose": (circle(12, 12, 10), circle(12, 12, 7.6), circle(12, 12, 4)),
    "pictures": (
        rectangle(3, 5, 18, 14),
        rectangle(5, 7, 14, 10),
        polygon(((4.2, 2), (22, 19.8), (19.8, 22), (2, 4.2))),
    ),
    "who": (
        polygon(((12, 2), (22, 8), (2, 8))),
        *(rectangle(x, 9.5, 3, 9) for x in (4, 10.5, 17)),
        rectangle(2, 20, 20, 2),
    ),
    "kept": (
        circle(12, 12, 10),
        circle(12, 12, 8),
        polygon(((11, 6), (13, 6), (13, 11.4), (17, 14.4), (15.8, 16), (11, 12.4))),
    ),
}
