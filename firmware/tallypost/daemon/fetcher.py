"""The process that fetches a camera's packets from the network, and sees nothing."""

import signal

from tallypost.assembly.board import end_with_daemon
from tallypost.daemon.halves import fall_silent, read_handover
from tallypost.errors import TallypostError
from tallypost.exits import CAMERA, exit_code
from tallypost.fetching.connection import check
from tallypost.fetching.hatch import Hatch
from tallypost.fetching.packets import Packets
from tallypost.vision.camera.hatch import BLOCK_BYTES
from tallypost.vision.camera.sources import Stream
from tallypost.vision.sandbox.allowance import Need, Outlet
from tallypost.vision.sandbox.lock import lock_in


def fetch(source: Stream, timeout_s: float, hatch: int) -> int:
    """Hand a camera's packets in until it is gone, or nobody takes them.

    Once connected it is locked in: what leaves it goes to the camera, over the one
    connection that is open, or through the hatch. A lost connection ends it: another
    process begins with a new one. SIGTERM ends it at once.

    Args:
        source: The camera, with its password.
        timeout_s: How long a silence is borne.
        hatch: Where packets are handed in.

    Returns:
        The process's exit code.

    Raises:
        TallypostError: It cannot begin.
    """
    handover = read_handover()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the daemon's business
    end_with_daemon(handover.daemon)
    packets = Packets(source, timeout_s)
    check(source)
    handing = Hatch(hatch, packets.codec)
    fall_silent()
    try:
        if not handover.provenance.no_lock_in:
            lock_in(Outlet(hatch, BLOCK_BYTES), (Need.CONNECTION,))
        handing.hand_in(packets)
    except TallypostError as error:
        return exit_code(error)
    return CAMERA
