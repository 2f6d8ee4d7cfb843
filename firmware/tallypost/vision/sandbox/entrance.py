"""What this process gives up before it has a second thread, and before it sees."""

import atexit
import os
import resource

from tallypost.errors import LockInError
from tallypost.vision.sandbox import kernel, landlock

FIRST_OF_OTHERS = 3
"""Below lie standard input, output and error."""
WISH = (
    "count on a kernel that has it, or, at a workstation and with nobody's picture at "
    "stake, give --insecure-no-lock-in, which every record then tells"
)


def leave_no_trace() -> None:
    """Have the kernel never write this process's memory to a disk, nor show it.

    And the C library overwrite what is given back: libraries free pictures, too.

    Source: core(5); PR_SET_DUMPABLE(2const).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.overwrite_freed_memory()


def give_up(*kept: int, port: int | None = None) -> None:
    """Give up all that seeing needs not, for good; opening camera and model goes on.

    From here on: no other descriptor than the standard ones and the kept, no rights
    beyond the user's, none new by starting a program, and behind Landlock where the
    kernel has it. Limits that a camera may want are as high as they may be: they cannot
    be raised later. What a library or a tool that watches us wanted to write when we
    end is not even tried.

    Call it while the process has one thread: rights and Landlock are a thread's own,
    and its children's.

    Args:
        kept: Descriptors: the outlet's, and the hatch's where there is one.
        port: Where a camera of the network is spoken to, by who fetches.

    Raises:
        LockInError: The kernel cannot lock this process in.
    """
    after = FIRST_OF_OTHERS
    for descriptor in sorted(kept):
        os.closerange(after, descriptor)
        after = max(descriptor + 1, after)
    os.closerange(after, os.sysconf("SC_OPEN_MAX"))
    atexit._clear()  # noqa: SLF001  # there is no other way to let go of them
    kernel.architecture()
    try:
        for limit in (resource.RLIMIT_MEMLOCK, resource.RLIMIT_NOFILE):
            _raise_limit(limit)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.give_up_capabilities()
        landlock.restrict(port)
    except OSError as error:
        raise LockInError(
            f"lock-in: the kernel refuses a part of it ({error.strerror}); {WISH}"
        ) from error
    if not kernel.can_filter():
        raise LockInError(f"lock-in: this kernel cannot filter calls (seccomp); {WISH}")


def _raise_limit(limit: int) -> None:
    """Set a limit as high as we may."""
    infinite = resource.RLIM_INFINITY
    _, most = resource.getrlimit(limit)
    if limit == resource.RLIMIT_MEMLOCK and most != infinite:
        try:
            resource.setrlimit(limit, (infinite, infinite))
        except (PermissionError, ValueError):
            pass
        else:
            return
    resource.setrlimit(limit, (most, most))
