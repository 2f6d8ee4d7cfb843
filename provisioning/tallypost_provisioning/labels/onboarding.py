"""What a LoRaWAN network reads off a device's label.

Source: LoRa Alliance TR005, "LoRaWAN Device Identification QR Codes", and its example.
"""

import re

from tallypost.errors import PaperError

PROFILE_ID = "FFFF0000"
"""Four digits of a vendor, four of what it makes; these stand for no vendor."""
_EUI = re.compile(r"[0-9A-Fa-f]{16}", flags=re.ASCII)
_PROFILE = re.compile(r"[0-9A-Fa-f]{8}", flags=re.ASCII)
_START, _POLYNOMIAL = 0xFFFF, 0xA001


def onboarding(dev_eui: str, join_eui: str, profile_id: str = PROFILE_ID) -> str:
    """Return the text of the code: capitals, digits and colons, with its checksum.

    Args:
        dev_eui: Who it is: 16 hexadecimal digits.
        join_eui: Whom it asks, likewise.
        profile_id: What it is: 8 of them.

    Raises:
        PaperError: One of them is not of such digits.
    """
    for told, grammar, name, digits in (
        (join_eui, _EUI, "JoinEUI", 16),
        (dev_eui, _EUI, "DevEUI", 16),
        (profile_id, _PROFILE, "ProfileID", 8),
    ):
        if not grammar.fullmatch(told):
            raise PaperError(
                f"{name}: {told[:40]!a} cannot be in a code for LoRaWAN; write "
                f"{digits} hexadecimal digits"
            )
    told = f"LW:D0:{join_eui}:{dev_eui}:{profile_id}".upper()
    return f"{told}:C{checksum(told):04X}"


def checksum(text: str) -> int:
    """Return the 16 bits that stand behind `C`.

    They are a CRC with the polynomial x^16 + x^15 + x^2 + 1, its lowest bit first and
    65535 at the start, of all that stands before `:C`: so it is in TR005's own example.
    """
    rest = _START
    for byte in text.encode("ascii"):
        rest ^= byte
        for _ in range(8):
            rest = rest >> 1 ^ (_POLYNOMIAL if rest & 1 else 0)
    return rest
