"""The status light blinks with the board's own, and ends with what was refused."""

import pytest

from tallypost.board.face_actuator import FaceActuator
from tallypost.errors import ActuatorError, ActuatorUnsupportedError


class Rest:
    """A board that refuses to blink."""

    def __init__(self, refusal: ActuatorError) -> None:
        self.refusal = refusal

    def reboot(self) -> None: ...

    def blink(self, *, on: bool) -> None:
        del on
        raise self.refusal

    def update(self, version: str) -> None: ...


def test_what_is_refused_does_not_go_on_for_ever() -> None:
    told: list[bool] = []

    def identify(on: bool) -> bool:
        told.append(on)
        return True

    hands = FaceActuator(Rest(ActuatorError("identify: read-only")), identify)
    with pytest.raises(ActuatorError, match="read-only"):
        hands.blink(on=True)

    assert told == [True, False]


@pytest.mark.parametrize("lit", [True, False])
def test_a_board_without_a_light_of_its_own_blinks_with_the_face_if_there_is_one(
    lit: bool,
) -> None:
    told: list[bool] = []

    def identify(on: bool) -> bool:
        told.append(on)
        return lit

    hands = FaceActuator(Rest(ActuatorUnsupportedError("identify: none")), identify)
    if lit:
        hands.blink(on=True)
    else:
        with pytest.raises(ActuatorUnsupportedError):
            hands.blink(on=True)

    assert told[-1] is lit
