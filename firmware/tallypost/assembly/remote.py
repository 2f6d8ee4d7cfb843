"""From settings to what hears operators."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tallypost.assembly.settlement import JournalSettlement
from tallypost.board.actuator import Actuator
from tallypost.board.base import Board
from tallypost.domain.desired import Reported, Standing
from tallypost.errors import RemoteStateError, SettingsError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.file import read_file
from tallypost.telemetry.remote.base import Histories, Remote, Say
from tallypost.telemetry.remote.deaf import Deaf

KEY_FILE_BYTES_MAX = 4096
NOBODY = "no operator's key is named in the settings of this device"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a device knows of itself when it begins to hear operators.

    Attributes:
        settings_file: The device's own `tallypost.toml`.
        device: Who we are.
        site: Hash of the site in force.
        classes: What the model tells.
        histories: Where records and alerts are sent from again.
        say: Sends a message, some time.
        renew: Has both halves start anew.
        actuator: The board's hands.
        board: Whose clocks are asked.
    """

    settings_file: Path
    device: str
    site: str
    classes: Sequence[str]
    histories: Histories
    say: Say
    renew: Callable[[], None]
    actuator: Actuator
    board: Board


def open_remote(settings: DeviceSettings, around: Surroundings) -> Remote:
    """Return what hears operators.

    Args:
        settings: What is in force.
        around: Who we are, and what we count with.

    Raises:
        SettingsError: An operator's key cannot be read.
    """
    if not settings.remote.operator_keys:
        own = Reported(device=around.device, standing=Standing.LOCAL, site=around.site)
        return _deaf(NOBODY, around, lambda: own)
    settlement = JournalSettlement(
        around.settings_file,
        settings,
        device=around.device,
        site=around.site,
        classes=around.classes,
        renew=around.renew,
    )
    try:
        return _heedful(settings, around, settlement)
    except RemoteStateError as error:
        # Said at once: whoever stands at the foot of the pole can still mend it.
        _logger.error("operators are not heeded reason=%s", error)  # noqa: TRY400
        return _deaf(str(error), around, settlement.reported)


def _deaf(why: str, around: Surroundings, reported: Callable[[], Reported]) -> Remote:
    return Deaf(
        device=around.device,
        why=why,
        reported=reported,
        say=around.say,
        board=around.board,
    )


def _heedful(
    settings: DeviceSettings, around: Surroundings, settlement: JournalSettlement
) -> Remote:
    from tallypost.telemetry.remote.desk import Desk
    from tallypost.telemetry.remote.hands import Hands
    from tallypost.telemetry.remote.identity import Identity
    from tallypost.telemetry.remote.keys import KeyRing
    from tallypost.telemetry.remote.ledger import Ledger
    from tallypost.telemetry.remote.orders import Orders
    from tallypost.telemetry.remote.remote import Heedful
    from tallypost.telemetry.remote.state import make_folder

    device, board, folder = around.device, around.board, settings.remote.folder
    make_folder(folder)
    given = [operator_key(path) for path in settings.remote.operator_keys]
    ring = KeyRing(folder / "keys.json", given)
    ledger = Ledger(folder / "ledger.json")
    hands = Hands(
        histories=around.histories,
        actuator=around.actuator,
        ring=ring,
        identity=Identity(folder / "waiting.key", device, board),
        identities=settlement,
        board=board,
    )
    orders = Orders(device=device, ring=ring, ledger=ledger, hands=hands, board=board)
    return Heedful(
        orders=orders,
        desk=Desk(device=device, ring=ring, settlement=settlement),
        settlement=settlement,
        hands=hands,
        say=around.say,
        board=board,
    )


def operator_key(path: Path) -> bytes:
    """Return the 32 bytes of the public key that a file holds.

    Raises:
        SettingsError: It holds none, or the private one.
    """
    from tallypost.telemetry.codec.signed import public_key_of

    wish = "name the public key (Ed25519, PEM) that `tallypost-backend keys new` wrote"
    pem, _ = read_file(path, bytes_max=KEY_FILE_BYTES_MAX, wish=wish)
    if b"PRIVATE KEY" in pem:
        told = "holds a private key, which belongs on no device"
        raise SettingsError(str(path), [f"{told}; {wish} beside it as `.pub`"])
    key = public_key_of(pem)
    if key is None:
        raise SettingsError(str(path), [f"holds no public key of Ed25519; {wish}"])
    return key
