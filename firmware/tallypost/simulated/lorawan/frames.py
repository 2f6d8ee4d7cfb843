"""The frames of LoRaWAN, as bytes on the air. Source: LoRaWAN L2 1.0.4, chapter 4."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Self

from tallypost.simulated.lorawan.crypto import (
    MIC_BYTES,
    Keys,
    Place,
    crypt,
    data_mic,
    decrypt_blocks,
    encrypt_blocks,
    mic,
)

OPTIONS_BYTES_MAX = 15
DATA_BYTES_MIN = 12
JOIN_REQUEST_BYTES = 23
JOIN_ACCEPT_BYTES = (17, 33)
COUNTER_GAP_MAX = 0x8000


class Kind(IntEnum):
    """The first three bits of a frame. Source: table 3 "Frame types"."""

    JOIN_REQUEST = 0
    JOIN_ACCEPT = 1
    UNCONFIRMED_UP = 2
    UNCONFIRMED_DOWN = 3
    CONFIRMED_UP = 4
    CONFIRMED_DOWN = 5


def kind_of(octets: bytes) -> Kind | None:
    """Return what a frame says that it is; None where it is none of LoRaWAN R1."""
    if not octets or octets[0] & 0x1F:
        return None
    return next((kind for kind in Kind if kind == octets[0] >> 5), None)


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """A device asks to be let in.

    ```
    MHDR 1 | JoinEUI 8 | DevEUI 8 | DevNonce 2 | MIC 4
    ```

    Attributes:
        join_eui: 8 bytes, most significant first; on the air it is the other way round.
        dev_eui: The same.
        dev_nonce: 0..65535, never used before.
    """

    join_eui: bytes
    dev_eui: bytes
    dev_nonce: int

    def sealed(self, app_key: bytes) -> bytes:
        """Return the frame."""
        octets = (
            bytes([Kind.JOIN_REQUEST << 5])
            + self.join_eui[::-1]
            + self.dev_eui[::-1]
            + self.dev_nonce.to_bytes(2, "little")
        )
        return octets + mic(app_key, octets)

    @classmethod
    def read(cls, octets: bytes) -> Self | None:
        """Return who asks; None where this is no such frame. Proves nothing yet."""
        if (
            kind_of(octets) is not Kind.JOIN_REQUEST
            or len(octets) != JOIN_REQUEST_BYTES
        ):
            return None
        nonce = int.from_bytes(octets[17:19], "little")
        return cls(octets[1:9][::-1], octets[9:17][::-1], nonce)


@dataclass(frozen=True, slots=True)
class JoinAccept:
    """A network lets a device in.

    ```
    MHDR 1 | JoinNonce 3 | NetID 3 | DevAddr 4 | DLSettings 1 | RxDelay 1 | CFList 0/16
           | MIC 4; all but MHDR as if decrypted
    ```

    Attributes:
        channels: The list of channels, 16 bytes, or empty.
    """

    join_nonce: int
    net_id: int
    address: int
    rx1_offset: int
    rx2_data_rate: int
    rx1_delay_s: int
    channels: bytes = b""

    def sealed(self, app_key: bytes) -> bytes:
        """Return the frame."""
        head = bytes([Kind.JOIN_ACCEPT << 5])
        body = (
            self.join_nonce.to_bytes(3, "little")
            + self.net_id.to_bytes(3, "little")
            + self.address.to_bytes(4, "little")
            + bytes([self.rx1_offset << 4 | self.rx2_data_rate, self.rx1_delay_s])
            + self.channels
        )
        return head + decrypt_blocks(app_key, body + mic(app_key, head + body))

    @classmethod
    def opened(cls, octets: bytes, app_key: bytes) -> Self | None:
        """Return what was granted; None where it is not for this key."""
        if (
            kind_of(octets) is not Kind.JOIN_ACCEPT
            or len(octets) not in JOIN_ACCEPT_BYTES
        ):
            return None
        plain = encrypt_blocks(app_key, octets[1:])
        body, proof = plain[:-MIC_BYTES], plain[-MIC_BYTES:]
        if mic(app_key, octets[:1] + body) != proof:
            return None
        return cls(
            join_nonce=int.from_bytes(body[0:3], "little"),
            net_id=int.from_bytes(body[3:6], "little"),
            address=int.from_bytes(body[6:10], "little"),
            rx1_offset=body[10] >> 4 & 0x07,
            rx2_data_rate=body[10] & 0x0F,
            rx1_delay_s=max(body[11] & 0x0F, 1),
            channels=body[12:],
        )


class Flags(NamedTuple):
    """The upper four bits of FCtrl; what bit 6 and 4 mean depends on the direction."""

    adr: bool = False
    adr_ack_request: bool = False
    ack: bool = False
    pending: bool = False

    def octet(self) -> int:
        """Return them as they stand in FCtrl."""
        bits = (self.adr, self.adr_ack_request, self.ack, self.pending)
        return sum(bit << 7 - index for index, bit in enumerate(bits))


NO_FLAGS = Flags()


@dataclass(frozen=True, slots=True)
class Data:
    """A frame of data, either way.

    ```
    MHDR 1 | DevAddr 4 | FCtrl 1 | FCnt 2 | FOpts 0..15 | FPort 0/1 | FRMPayload | MIC 4
    ```

    Attributes:
        counter: All 32 bits; the air carries the lower 16.
        options: MAC commands that ride in the head, at most 15 bytes.
        port: None where there is no payload at all; 0 for MAC commands alone.
        payload: Plain.
    """

    up: bool
    address: int
    counter: int
    confirmed: bool = False
    flags: Flags = NO_FLAGS
    options: bytes = b""
    port: int | None = None
    payload: bytes = b""

    def _key(self, keys: Keys) -> bytes:
        return keys.application if self.port else keys.network

    def sealed(self, keys: Keys) -> bytes:
        """Return the frame."""
        place = Place(self.up, self.address, self.counter)
        kind = (Kind.CONFIRMED_UP if self.confirmed else Kind.UNCONFIRMED_UP) + (
            not self.up
        )
        octets = (
            bytes([kind << 5])
            + self.address.to_bytes(4, "little")
            + bytes([self.flags.octet() | len(self.options)])
            + (self.counter & 0xFFFF).to_bytes(2, "little")
            + self.options
        )
        if self.port is not None:
            sealed = crypt(self._key(keys), place, self.payload)
            octets += bytes([self.port]) + sealed
        return octets + data_mic(keys.network, place, octets)

    @classmethod
    def opened(cls, octets: bytes, keys: Keys, counter_last: int) -> Self | None:
        """Return what was said; None where it is not by, or for, these keys.

        Args:
            octets: The frame.
            keys: The session's.
            counter_last: Of the last frame in this direction; -1 before the first. The
                upper half of this one's counter follows from it.
        """
        read = _read(octets)
        if read is None:
            return None
        confirmed, up = read
        body = octets[:-MIC_BYTES]
        address = int.from_bytes(body[1:5], "little")
        counter = _whole_counter(int.from_bytes(body[6:8], "little"), counter_last)
        place = Place(up, address, counter)
        if data_mic(keys.network, place, body) != octets[-MIC_BYTES:]:
            return None
        end = 8 + (body[5] & 0x0F)
        port = body[end] if len(body) > end else None
        flags = Flags(*(bool(body[5] >> bit & 1) for bit in (7, 6, 5, 4)))
        frame = cls(up, address, counter, confirmed, flags, body[8:end], port)
        plain = crypt(frame._key(keys), place, body[end + 1 :])
        return cls(up, address, counter, confirmed, flags, body[8:end], port, plain)


def address_of(octets: bytes) -> int | None:
    """Return whose data a frame says to be; None where it is no frame of data."""
    return None if _read(octets) is None else int.from_bytes(octets[1:5], "little")


def _read(octets: bytes) -> tuple[bool, bool] | None:
    """Return whether a frame of data is confirmed, and whether it goes up."""
    kind = kind_of(octets)
    if kind is None or kind < Kind.UNCONFIRMED_UP or len(octets) < DATA_BYTES_MIN:
        return None
    if len(octets) < DATA_BYTES_MIN + (octets[5] & 0x0F):
        return None
    return (
        kind in {Kind.CONFIRMED_UP, Kind.CONFIRMED_DOWN},
        kind in {Kind.UNCONFIRMED_UP, Kind.CONFIRMED_UP},
    )


def _whole_counter(lower: int, last: int) -> int:
    """Return the counter with these lower bits that is nearest to the last one.

    A frame that is said again has the last one's number, so that is taken, too.
    """
    whole = (last & ~0xFFFF) | lower if last >= 0 else lower
    return whole + 0x10000 if whole + COUNTER_GAP_MAX < last else whole
