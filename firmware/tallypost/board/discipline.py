"""Reads what the kernel knows of whoever disciplines its clock.

What the daemons of the field tell the kernel differs, so only what all of them tell is
believed:

* `maxerror` is below 16 s while somebody disciplines the clock. The kernel lets it grow
  by 500 ppm and stops at 16 s, 8.9 hours after the last word; whoever sets the clock by
  hand, or steps it without a word, puts it there at once (ntp_clear in
  kernel/time/ntp.c). systemd's own `ntp_synced()` asks the same.
* `STA_UNSYNC` tells nothing: chrony leaves it set unless `rtcsync` is configured.
* `offset` is what is still to be slewed away: systemd-timesyncd hands corrections of
  up to 0.4 s to the kernel, which takes minutes over them.
* chrony and ntpd write into `maxerror` how far their servers may be off (root delay
  and dispersion); systemd-timesyncd writes 0. So `UNTOLD_S` is added for everybody.

Source: adjtimex(2); systemd, src/timesync/timesyncd-manager.c, manager_adjust_clock;
chrony, sys_timex.c, set_sync_status; RFC 5905, section 11.2.
"""

import ctypes

from tallypost.board.base import BUILT_UTC_S, UNSYNCED, ClockReading
from tallypost.domain.records import ClockTrust

MAXERROR_UNSYNCED_US = 16_000_000
"""Source: include/linux/timex.h, NTP_PHASE_LIMIT."""
STA_NANO = 0x2000
UNTOLD_S = 0.5
"""How far a server and the way to it may be off where the daemon does not say so.
systemd-timesyncd takes servers of up to `RootDistanceMaxSec` (5 s unless configured):
an appliance that relies on it sets that to at most this much."""
MICROSECOND_S = 1e-6
NANOSECOND_S = 1e-9


class Timex(ctypes.Structure):
    """The beginning of `struct timex` of the kernel; the rest is reserved room."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("reserved", ctypes.c_long * 32),
    )


def reading(
    timex: Timex, utc_s: float, host_uncertainty_s: float | None = None
) -> ClockReading:
    """Return how far the calendar may be believed.

    Args:
        timex: What adjtimex(2) has told.
        utc_s: What the calendar says.
        host_uncertainty_s: By how much it may be off while this kernel knows of nobody
            who keeps it; None: then it is not believed.
    """
    if utc_s < BUILT_UTC_S:
        return UNSYNCED
    if timex.maxerror >= MAXERROR_UNSYNCED_US:
        if host_uncertainty_s is None:
            return UNSYNCED
        return ClockReading(ClockTrust.SYNCED, host_uncertainty_s)
    unit_s = NANOSECOND_S if timex.status & STA_NANO else MICROSECOND_S
    slewing_s = abs(timex.offset) * unit_s
    return ClockReading(
        ClockTrust.SYNCED, timex.maxerror * MICROSECOND_S + slewing_s + UNTOLD_S
    )
