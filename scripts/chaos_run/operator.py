"""The operator at the far side, who asks again for what never came."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scripts.chaos_run.places import DEVICE
from tallypost.domain.commands import Order, Report, ReportAlerts
from tallypost.telemetry.codec.command_v1 import encode_order
from tallypost.telemetry.codec.signed import Purpose, seal

DAY_S = 86_400.0
REPORTS: Mapping[str, type[Report | ReportAlerts]] = {
    "kpi": Report,
    "alert": ReportAlerts,
}


class Operator:
    """Signs commands that the device heeds.

    Args:
        key_file: Where the public key goes, for the device to know.
    """

    def __init__(self, key_file: Path) -> None:
        self._key = Ed25519PrivateKey.generate()
        self._counter = 0
        public_key = self._key.public_key()
        key_file.write_bytes(
            public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )

    def reports(
        self, subject: str, missing: Iterable[int], utc_s: float
    ) -> Iterator[bytes]:
        """Yield commands that ask again for numbers, range by range.

        Args:
            subject: What has them: `kpi` or `alert`.
            missing: The numbers.
            utc_s: What time it is.
        """
        for first, last in ranges(missing):
            self._counter += 1
            order = Order(
                device=DEVICE,
                counter=self._counter,
                issued_utc_s=utc_s,
                expires_utc_s=utc_s + DAY_S,
                command=REPORTS[subject](first_seq=first, last_seq=last),
            )
            yield seal(encode_order(order), Purpose.COMMAND, self._key)


def ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of numbers that follow each other."""
    run: list[int] = []
    for number in sorted(numbers):
        if run and number != run[-1] + 1:
            yield run[0], run[-1]
            run = []
        run.append(number)
    if run:
        yield run[0], run[-1]
