"""Lays one label out: read in the rain, at arm's length, by a person and a telephone.

The panel's code stands on top, as large as there is room for; codes at the right, their
little squares a whole number of the dots of a label printer; the rest at the left.
"""

from dataclasses import dataclass
from itertools import product

from tallypost.documents.drawing.drawing import Shape, Words
from tallypost.documents.drawing.wrapping import width_em
from tallypost.domain.panel_code import spoken
from tallypost.errors import PaperError
from tallypost_provisioning.inventory.words import Identity
from tallypost_provisioning.labels.codes import Code, captioned, placed
from tallypost_provisioning.labels.measures import DOT_PT, INK, PT_PER_MM, on_grid
from tallypost_provisioning.labels.onboarding import PROFILE_ID, onboarding
from tallypost_provisioning.labels.rows import Room, Row, Squeeze, text
from tallypost_provisioning.text import printable

ADDRESS = "10.42.0.1"
"""Where the panel is found in the device's own Wi-Fi."""
LARGE_DOTS, SMALL_DOTS = (8, 7, 6, 5, 4), (3,)
"""How wide a code's little squares may be. Below 3 dots (0.375 mm) telephones begin to
miss them."""
_ATTEMPTS = (
    *product((Squeeze.NOT, Squeeze.SMALL), LARGE_DOTS),
    *product((Squeeze.NOT, Squeeze.SMALL, Squeeze.CUT), SMALL_DOTS),
)
"""What is tried one after another, until all has room."""
SECRET_PT_MAX = 34.0
SECRET_SHARES = (0.26, 0.2)
"""How much of a label's height the panel's code may take."""
NAME_TIMES = 1.4
"""A device's name is so much larger than what stands below."""
WIDE_MM = 90.0
"""From this width on, a label has a code for the Wi-Fi, too, and the whole key."""
DIGITS = 16
"""Of a fingerprint or key: 64 bits, enough to compare by eye."""
DIGITS_MAX = 64
AS_NAMED = "has the same name"
BLANK = "____ ____ ____ ____"
Part = Words | Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What shall be on labels, whosesoever they are.

    Attributes:
        address: Where a phone finds the panel: a name or an address, with its port
            where that is not 443.
        profile_id: What LoRaWAN calls what the device is.
        lorawan: Whether there is a code for a LoRaWAN network.
    """

    address: str = ADDRESS
    profile_id: str = PROFILE_ID
    lorawan: bool = True


def label(
    identity: Identity, size_mm: tuple[float, float], wanted: Wanted
) -> list[Part]:
    """Return what is on a device's label, from its upper left.

    Args:
        identity: Whose it is.
        size_mm: Width and height that may be printed on.
        wanted: What shall be on it.

    Raises:
        PaperError: There is no room for it, or a code cannot be made of what is known.
    """
    codes = _codes(identity, size_mm[0], wanted)
    rows = _rows(identity, DIGITS_MAX if size_mm[0] >= WIDE_MM else DIGITS)
    size_pt = size_mm[0] * PT_PER_MM, size_mm[1] * PT_PER_MM
    for (squeeze, dots), share in product(_ATTEMPTS, SECRET_SHARES):
        head = _head(spoken(identity.panel_code), size_pt, share)
        beside = placed(codes, (size_pt[0], head.size_pt), dots * DOT_PT)
        if beside[0].bottom_pt > size_pt[1]:
            continue
        room = Room(beside[0].x_pt, head.size_pt, size_pt[1])
        words = text(rows, room, squeeze)
        if words:
            return [head, *words, *(part for each in beside for part in each.parts())]
    raise PaperError(
        f"{identity.device}: a label of {size_mm[0]:g} x {size_mm[1]:g} mm, its margin "
        "taken off, has no room for what must be on it; name a larger one"
    )


def _codes(identity: Identity, width_mm: float, wanted: Wanted) -> list[Code]:
    secret = spoken(identity.panel_code)
    told = {"Panel": f"https://{wanted.address}/#{secret}"}
    if wanted.lorawan:
        euis = identity.dev_eui, identity.join_eui
        try:
            told["LoRaWAN"] = onboarding(*euis, wanted.profile_id)
        except PaperError as error:
            raise PaperError(f"{identity.device}: {error}") from error
    if width_mm >= WIDE_MM:
        ssid, passphrase = identity.hotspot_ssid, identity.hotspot_passphrase
        told = {"Wi-Fi": f"WIFI:T:WPA;S:{ssid};P:{passphrase};;"} | told
    return [captioned(caption, each) for caption, each in told.items()]


def _rows(identity: Identity, digits: int) -> list[Row]:
    place = printable(identity.place or identity.site_name)
    ssid = identity.hotspot_ssid
    certificate, key = identity.panel_certificate_sha256, identity.signing_key
    rows = [
        Row(text=identity.device, bold=True, times=NAME_TIMES),
        Row(text=place, elastic=True),
        Row(heading="Wi-Fi", text=AS_NAMED if ssid == identity.device else ssid),
        Row(heading="Certificate", text=_grouped(certificate, DIGITS))
        if certificate
        else Row(heading="Certificate, after first start", text=BLANK),
        Row(heading="Signing key", text=_grouped(key or "", digits), spare=True),
    ]
    return [row for row in rows if row.text]


def _grouped(told: str, digits: int) -> str:
    """Return how a key or fingerprint begins, in groups that an eye can hold."""
    shown = told[:digits].upper()
    return " ".join(shown[at : at + 4] for at in range(0, len(shown), 4))


def _head(secret: str, size_pt: tuple[float, float], share: float) -> Words:
    """Return the panel's code, as large as it may be."""
    most_pt = size_pt[0] / width_em(secret, bold=True)
    secret_pt = on_grid(min(SECRET_PT_MAX, share * size_pt[1], most_pt))
    return Words(0, secret_pt * 0.8, secret, secret_pt, bold=True, colour=INK)
