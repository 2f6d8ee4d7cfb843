"""Cameras on the network, for tests: a real RTSP server in a process of its own."""

import signal
import subprocess
from pathlib import Path

SERVER = Path(__file__).with_name("rtsp_server.py")
PYTHON = "/usr/bin/python3"  # PyGObject is the operating system's
NEEDED = (
    "import gi; gi.require_version('Gst', '1.0');"
    "gi.require_version('GstRtspServer', '1.0');"
    "from gi.repository import Gst, GstRtspServer; Gst.init(None);"
    "assert Gst.ElementFactory.find('x264enc')"
)
WISH = "needs python3-gi, gir1.2-gst-rtsp-server-1.0, x264enc (apt)"


def is_at_hand() -> bool:
    """Return whether this machine has what the server needs."""
    done = subprocess.run([PYTHON, "-c", NEEDED], capture_output=True, check=False)
    return done.returncode == 0


class RtspServer:
    """The server in a process of its own.

    Args:
        arguments: What it is told; see `rtsp_server.py`.
    """

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [PYTHON, str(SERVER), *arguments], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        words = self._process.stdout.readline().split()
        assert words[:1] == ["ready"], words
        self.port = words[1]
        self.address = f"rtsp://127.0.0.1:{self.port}/cam"

    def freeze(self) -> None:
        """Have it say nothing more, its connections open."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have it go on."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it; killing twice is harmless."""
        self._process.kill()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()
