"""The process that fetches a camera's packets from the network, and sees nothing."""

import logging
import signal

from tallypost.assembly.board import board, end_with_daemon
from tallypost.board.base import Board
from tallypost.daemon.halves import fall_silent, read_handover
from tallypost.errors import CameraUnavailableError, TallypostError
from tallypost.exits import CAMERA, exit_code
from tallypost.fetching.connection import check
from tallypost.fetching.hatch import Hatch
from tallypost.fetching.packets import Packets
from tallypost.vision.camera.hatch import BLOCK_BYTES
from tallypost.vision.camera.sources import Stream
from tallypost.vision.sandbox.allowance import Need, Outlet
from tallypost.vision.sandbox.lock import lock_in

PAUSE_S_MIN = 1.0
PAUSE_S_MAX = 60.0
"""A camera may be off for a night, and shall be seen again soon."""
TOLD_EVERY_S = 3600.0

log = logging.getLogger("tallypost.daemon")


def fetch(source: Stream, timeout_s: float, hatch: int) -> int:
    """Hand a camera's packets in until it is gone, or nobody takes them.

    It tries until the camera answers. Once connected it is locked in: what leaves it
    goes to the camera, over the one connection that is open, or through the hatch. A
    lost connection ends it: another process begins with a new one. SIGTERM ends it at
    once.

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
    if not handover.kept:
        end_with_daemon(handover.daemon)
    packets = answered(source, timeout_s, board())
    handing = Hatch(hatch, packets.codec)
    fall_silent()
    try:
        if not handover.provenance.no_lock_in:
            lock_in(Outlet(hatch, BLOCK_BYTES), (Need.CONNECTION,))
        handing.hand_in(packets)
    except TallypostError as error:
        return exit_code(error)
    return CAMERA


def answered(source: Stream, timeout_s: float, here: Board) -> Packets:
    """Return what a camera sends as soon as it answers; it may be off for a night.

    That it does not is told at once, and then seldom.

    Args:
        source: The camera, with its password.
        timeout_s: How long a silence is borne.
        here: Whose monotonic clock tells when to try again.

    Raises:
        FootageError: It sends no video that we can decode, or is a recording.
        LockInError: It needs more than one connection.
    """
    pause_s, tell_s = PAUSE_S_MIN, here.monotonic_s()
    while True:
        try:
            return _connected(source, timeout_s)
        except CameraUnavailableError as error:
            if here.monotonic_s() >= tell_s:
                log.warning("camera does not answer error=%s", error)
                tell_s = here.monotonic_s() + TOLD_EVERY_S
        here.wait(pause_s)
        pause_s = min(pause_s * 2, PAUSE_S_MAX)


def _connected(source: Stream, timeout_s: float) -> Packets:
    packets = Packets(source, timeout_s)
    try:
        check(source)
    except CameraUnavailableError:
        packets.close()
        raise
    return packets
