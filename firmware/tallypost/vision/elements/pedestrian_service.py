"""Levels of service for people on foot, by the room that each has."""

from enum import StrEnum

from tallypost.domain.words import Grade

SQUARE_FOOT_M2 = 0.09290304


class Activity(StrEnum):
    """What people do at a place."""

    STANDING = "standing"
    WALKING = "walking"


_ROOM_MIN_SQUARE_FEET = {
    Activity.STANDING: (13, 10, 7, 3, 2),
    Activity.WALKING: (35, 25, 15, 10, 5),
}
"""The least room of a person at the levels A to E; F has less."""


def level(persons: int, area_m2: float, movement: Activity) -> Grade:
    """Return the level of service of a place.

    Args:
        persons: How many are there.
        area_m2: How large it is.
        movement: Whether it is a waiting area or a walkway.

    Source: J. J. Fruin, "Pedestrian Planning and Design", 1971, chapter 4: "Walkway
    Standards" and "Queuing Standards"; a bound belongs to the better level.
    """
    if not persons:
        return Grade.A
    room_square_feet = area_m2 / persons / SQUARE_FOOT_M2
    bounds = _ROOM_MIN_SQUARE_FEET[movement]
    for grade, room_min in zip(Grade, bounds, strict=False):
        if room_square_feet >= room_min:
            return grade
    return Grade.F
