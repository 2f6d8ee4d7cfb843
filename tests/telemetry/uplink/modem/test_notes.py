"""What a modem says unasked is kept in mind, and taken for no more than it is."""

from tallypost.telemetry.uplink.modem.base import LinkCheck
from tallypost.telemetry.uplink.modem.notes import Notes
from tallypost.telemetry.uplink.modem.words import Checked


def test_that_nobody_checked_the_link_is_not_taken_for_an_answer() -> None:
    notes = Notes(check=LinkCheck(margin_db=9, gateways=1))
    notes.note(Checked(None))

    assert (notes.answered, notes.check) == (False, None)
    notes.note(Checked(LinkCheck(margin_db=12, gateways=2)))
    assert notes.answered
