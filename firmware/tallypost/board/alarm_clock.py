"""Has the kernel end this process where it does not go on in time."""

import signal


class AlarmClock:
    """A timer of the kernel's that is set anew again and again, and rings once.

    When it rings it ends the process, whatever that is busy with: no code of ours need
    run, so that a thread which hangs in a driver cannot hold it up. It carries no data,
    and needs no descriptor.

    Source: setitimer(2), ITIMER_REAL; signal(7), SIGALRM.
    """

    def __init__(self) -> None:
        # Whoever started us may have had it ignored.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def ring_in(self, seconds: float) -> None:
        """End this process in so many seconds, and not when it was said before."""
        signal.setitimer(signal.ITIMER_REAL, seconds)
