"""Writes down what was on the air, for whoever wants to open it with other eyes."""

import json
from pathlib import Path
from typing import TextIO

from tallypost.errors import SimulationError
from tallypost.simulated.lorawan.air import Carried


class Journal:
    """One JSON object a line for each frame, heard or not; keys are never in it.

    ```
    {"at_s": 12.3, "direction": "up", "frequency_hz": 868100000, "data_rate": 5,
     "heard": true, "phy_payload": "40f17dbe4900020001954378762b11ff0d"}
    ```

    Opens on construction.

    Args:
        path: A file; what it holds already stays.

    Raises:
        SimulationError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file: TextIO = path.open("a", encoding="ascii")
        except OSError as error:
            raise SimulationError(
                f"{path}: cannot be written ({error.strerror}); name another file"
            ) from error

    def close(self) -> None:
        """Write no more; twice is harmless."""
        self._file.close()

    def note(self, carried: Carried) -> None:
        """Write down a frame, at once."""
        sent = carried.transmission
        line = {
            "at_s": round(sent.begins_s, 6),
            "direction": "up" if sent.up else "down",
            "frequency_hz": sent.frequency_hz,
            "data_rate": sent.data_rate,
            "heard": carried.heard,
            "phy_payload": sent.octets.hex(),
        }
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
