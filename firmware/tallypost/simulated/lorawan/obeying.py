"""Does what a network asks of a device's MAC. Source: LoRaWAN L2 1.0.4, chapter 5."""

from dataclasses import dataclass

from tallypost.simulated.lorawan.commands import KEEP, Command, Said
from tallypost.simulated.lorawan.masks import masked
from tallypost.simulated.lorawan.regions import Region
from tallypost.simulated.lorawan.session import Session

BATTERY_UNKNOWN = 255
SNR_RANGE = (-32, 31)
POWER_MAX = 14
"""The highest number of a power, which is the weakest, that any region has."""
TRANSMISSIONS_MAX = 0x0F
MASK_FITS, RATE_FITS, POWER_FITS = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Tuning:
    """What a network may change of a device, beside its session.

    Attributes:
        data_rate: Of the next uplink.
        share_max: Which part of its time it may speak.
    """

    data_rate: int
    share_max: float


def obey(
    said: list[Said], region: Region, session: Session, tuning: Tuning, snr_db: float
) -> Tuning:
    """Do what was said; the answers wait in the session for the next uplink."""
    adr = [one.octets for one in said if one.command is Command.LINK_ADR]
    if adr:
        tuning = _link_adr(adr, region, session, tuning)
    for command, octets in said:
        if command is Command.DUTY_CYCLE:
            tuning = Tuning(tuning.data_rate, 1 / (1 << (octets[0] & 0x0F)))
        answer = _answer(command, octets, session, snr_db)
        if answer is not None:
            session.answers.append(Said(command, answer).encoded())
    return tuning


def _answer(
    command: Command, octets: bytes, session: Session, snr_db: float
) -> bytes | None:
    """Return what is said back; None where nothing is, or was already."""
    match command:
        case Command.RX_PARAM_SETUP:
            session.rx1_offset = octets[0] >> 4 & 0x07
            session.rx2_data_rate = octets[0] & 0x0F
            return b"\x07"
        case Command.RX_TIMING_SETUP:
            session.rx1_delay_s = float(max(octets[0] & 0x0F, 1))
        case Command.DEV_STATUS:
            lowest, highest = SNR_RANGE
            margin = min(max(round(snr_db), lowest), highest) & 0x3F
            return bytes([BATTERY_UNKNOWN, margin])
        case Command.NEW_CHANNEL | Command.DL_CHANNEL:
            return b"\0"  # refused, which a device may
        case Command.LINK_ADR | Command.LINK_CHECK | Command.DEVICE_TIME:
            return None
        case Command.DUTY_CYCLE | Command.TX_PARAM_SETUP:
            pass
    return b""


def _link_adr(
    requests: list[bytes], region: Region, session: Session, tuning: Tuning
) -> Tuning:
    """Take requests that follow each other as one. Source: 5.2 "LinkADRReq"."""
    enabled: frozenset[int] | None = session.enabled
    for octets in requests:
        request = (int.from_bytes(octets[1:3], "little"), octets[3] >> 4 & 0x07)
        if enabled is not None:
            enabled = masked(region, session.channels, enabled, request)
    last = requests[-1]
    asked, power = last[0] >> 4, last[0] & 0x0F
    data_rate = tuning.data_rate if asked == KEEP else asked
    fits = data_rate in region.up and region.up[data_rate].payload_bytes_max > 0
    status = (
        MASK_FITS * bool(enabled)
        | RATE_FITS * fits
        | POWER_FITS * (power in {KEEP, *range(POWER_MAX + 1)})
    )
    session.answers.extend(
        [Said(Command.LINK_ADR, bytes([status])).encoded()] * len(requests)
    )
    if not enabled or status != MASK_FITS | RATE_FITS | POWER_FITS:
        return tuning
    session.enabled = enabled
    session.transmissions = max(last[3] & TRANSMISSIONS_MAX, 1)
    return Tuning(data_rate, tuning.share_max)
