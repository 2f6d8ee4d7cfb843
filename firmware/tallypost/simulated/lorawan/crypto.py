"""Seals frames, and opens them. Source: LoRaWAN L2 1.0.4, chapters 4.3, 4.4 and 6.2."""

from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.cmac import CMAC

BLOCK_BYTES = 16
MIC_BYTES = 4


class Keys(NamedTuple):
    """The two keys of a session; never shown."""

    network: bytes
    application: bytes

    def __repr__(self) -> str:
        return "Keys(hidden)"


class Place(NamedTuple):
    """Where a frame stands: what makes every one of them unlike the others.

    Attributes:
        up: Whether a device sent it.
        address: The device's, 0..2^32 - 1.
        counter: The frame counter, all 32 bits of it.
    """

    up: bool
    address: int
    counter: int

    def octets(self) -> bytes:
        """Return direction, address and counter, as both kinds of block hold them."""
        direction = b"\0" if self.up else b"\1"
        address, counter = (
            number.to_bytes(4, "little") for number in (self.address, self.counter)
        )
        return direction + address + counter


def _block_cipher(key: bytes) -> Cipher[ECB]:
    # LoRaWAN builds its modes by hand, from single blocks.
    return Cipher(AES(key), ECB())  # noqa: S305


def encrypt_blocks(key: bytes, octets: bytes) -> bytes:
    """Return whole blocks of 16 bytes, each encrypted by itself."""
    encryptor = _block_cipher(key).encryptor()
    return encryptor.update(octets) + encryptor.finalize()


def decrypt_blocks(key: bytes, octets: bytes) -> bytes:
    """Return whole blocks of 16 bytes, each decrypted by itself."""
    decryptor = _block_cipher(key).decryptor()
    return decryptor.update(octets) + decryptor.finalize()


def mic(key: bytes, octets: bytes) -> bytes:
    """Return the 4 bytes that prove who wrote these: the beginning of an AES-CMAC."""
    whole = CMAC(AES(key))
    whole.update(octets)
    return whole.finalize()[:MIC_BYTES]


def data_mic(key: bytes, place: Place, octets: bytes) -> bytes:
    """Return the proof of a data frame. Source: 4.4 "Message Integrity Code", B0.

    ```
    0x49 | 4 x 0 | direction | address | counter | 0 | length
    ```
    """
    block = b"\x49\0\0\0\0" + place.octets() + bytes([0, len(octets)])
    return mic(key, block + octets)


def crypt(key: bytes, place: Place, payload: bytes) -> bytes:
    """Return a payload encrypted; done twice, it is plain again.

    Source: 4.3.3 "MAC Frame Payload Encryption", A_i.

    ```
    0x01 | 4 x 0 | direction | address | counter | 0 | i, from 1 on
    ```
    """
    blocks = -(-len(payload) // BLOCK_BYTES)
    stream = encrypt_blocks(
        key,
        b"".join(
            b"\x01\0\0\0\0" + place.octets() + bytes([0, index + 1])
            for index in range(blocks)
        ),
    )
    return bytes(one ^ other for one, other in zip(payload, stream, strict=False))


def session_keys(app_key: bytes, join_nonce: int, net_id: int, dev_nonce: int) -> Keys:
    """Return what both sides speak with from now on. Source: 6.2.6 "Join-Accept"."""
    told = (
        join_nonce.to_bytes(3, "little")
        + net_id.to_bytes(3, "little")
        + dev_nonce.to_bytes(2, "little")
    )
    return Keys(
        *(
            encrypt_blocks(app_key, (kind + told).ljust(BLOCK_BYTES, b"\0"))
            for kind in (b"\1", b"\2")
        )
    )
