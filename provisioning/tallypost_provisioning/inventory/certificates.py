"""Which certificates a city has given out, and which it took back."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from tallypost_provisioning.inventory.store import Inventory, update
from tallypost_provisioning.inventory.words import State
from tallypost_provisioning.signing.authority import Revoked


def keep(
    inventory: Inventory,
    device: str,
    certificate: x509.Certificate,
    utc_s: float,
    **values: str | None,
) -> None:
    """Note that a device was given a certificate; on return the disk has it.

    Args:
        inventory: Where.
        device: Its name.
        certificate: What it is given.
        utc_s: Now.
        values: What else of it is otherwise from now on, as in `Inventory.change`.

    Raises:
        InventoryError: The device is revoked, or the disk refuses; nothing is noted.
    """
    expires_utc_s = certificate.not_valid_after_utc.timestamp()
    with inventory.changing() as connection:
        connection.execute(
            "INSERT INTO certificates "
            "(number, device, pem, issued_utc_s, expires_utc_s) VALUES (?, ?, ?, ?, ?)",
            (
                str(certificate.serial_number),
                device,
                certificate.public_bytes(Encoding.PEM).decode(),
                utc_s,
                expires_utc_s,
            ),
        )
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        known = {"certificate_sha256": fingerprint, "state": State.ENROLLED}
        update(connection, device, {**values, **known})


def newest(inventory: Inventory, device: str) -> x509.Certificate | None:
    """Return the certificate that a device was given last; None where none."""
    with inventory.reading() as connection:
        row = connection.execute(
            "SELECT pem FROM certificates WHERE device = ? ORDER BY rowid DESC LIMIT 1",
            (device,),
        ).fetchone()
    return None if row is None else x509.load_pem_x509_certificate(row[0].encode())


def revoke(inventory: Inventory, device: str, utc_s: float) -> int:
    """Take back a device and all its certificates; return how many were good.

    Raises:
        InventoryError: The disk refuses; nothing is taken back.
    """
    with inventory.changing() as connection:
        done = connection.execute(
            "UPDATE certificates SET revoked_utc_s = ? "
            "WHERE device = ? AND revoked_utc_s IS NULL",
            (utc_s, device),
        )
        connection.execute(
            "UPDATE devices SET state = ? WHERE device = ?", (State.REVOKED, device)
        )
    return done.rowcount


def revoked(inventory: Inventory) -> list[Revoked]:
    """Return which certificates are good no more."""
    with inventory.reading() as connection:
        rows = connection.execute(
            "SELECT number, revoked_utc_s FROM certificates "
            "WHERE revoked_utc_s IS NOT NULL ORDER BY revoked_utc_s, number"
        ).fetchall()
    return [Revoked(int(number), utc_s) for number, utc_s in rows]


def next_list_number(inventory: Inventory, utc_s: float) -> int:
    """Return a number above that of every revocation list before, for good.

    Like `Inventory.next_counter` it is the time, or above it.
    """
    with inventory.changing() as connection:
        (number,) = connection.execute(
            "UPDATE city SET revocation_lists = max(revocation_lists + 1, ?) "
            "RETURNING revocation_lists",
            (int(utc_s),),
        ).fetchone()
    return int(number)
