"""Calls of the kernel's and the C library's that Python has no word for."""

import ctypes
import errno
import os
import platform
import struct

from tallypost.errors import LockInError
from tallypost.vision.sandbox.architecture import ARCHITECTURES
from tallypost.vision.sandbox.bpf import INSTRUCTION, Architecture

# Source: linux/prctl.h, linux/seccomp.h, linux/capability.h, asm-generic/mman.h.
PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38
PR_CAPBSET_DROP, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 24, 47, 4
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC = 1, 1
CAPABILITY_VERSION = 0x20080522
CAPABILITY_NUMBER_MAX = 63
MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4
M_PERTURB = -6
"""Source: malloc.h."""
OVERWRITTEN_WITH = 0x55

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def architecture() -> Architecture:
    """Return the processor underneath.

    Raises:
        LockInError: We do not know its calls.
    """
    machine = platform.machine()
    if machine not in ARCHITECTURES or ctypes.sizeof(ctypes.c_void_p) != 8:  # noqa: PLR2004
        raise LockInError(
            f"lock-in: is not made for {machine} with this Python; use a 64-bit system "
            f"({', '.join(ARCHITECTURES)})"
        )
    return ARCHITECTURES[machine]


def call(name: str, *arguments: object) -> int:
    """Return what a system call returns.

    Raises:
        OSError: It fails.
    """
    result = int(_libc.syscall(ctypes.c_long(architecture().numbers[name]), *arguments))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def prctl(option: int, *arguments: int) -> None:
    """Change what the kernel knows of this process.

    Raises:
        OSError: The kernel refuses.
    """
    rest = [ctypes.c_ulong(each) for each in (*arguments, 0, 0, 0, 0)[:4]]
    if _libc.prctl(option, *rest) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def lock_memory() -> bool:
    """Have the kernel never put memory on a disk; return whether it does as asked.

    What comes later is locked too, as soon as it is used.

    Source: mlockall(2).
    """
    return bool(_libc.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0)


def overwrite_freed_memory() -> bool:
    """Have the C library overwrite memory as it is freed; return whether it can.

    Of blocks of a kilobyte and less, it keeps some as they are. What is freed to the
    kernel is gone anyway.

    Source: mallopt(3), `M_PERTURB`.
    """
    mallopt = getattr(_libc, "mallopt", None)
    return mallopt is not None and bool(mallopt(M_PERTURB, OVERWRITTEN_WITH))


def give_up_capabilities() -> None:
    """Give up every right that the process has beyond its user's, for good.

    Of this thread and those that it starts.

    Source: capabilities(7); capset(2), `_LINUX_CAPABILITY_VERSION_3`.

    Raises:
        OSError: The kernel refuses.
    """
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    for number in range(CAPABILITY_NUMBER_MAX + 1):
        try:
            prctl(PR_CAPBSET_DROP, number)
        except OSError as error:
            # The kernel knows no more of them, or we have no right to give up rights:
            # without new privileges the bound does not matter.
            if error.errno not in (errno.EINVAL, errno.EPERM):
                raise
            break
    call("capset", struct.pack("<Ii", CAPABILITY_VERSION, 0), bytes(24))


def can_filter() -> bool:
    """Return whether the kernel takes a filter for all threads.

    Source: seccomp(2): a filter at no address is EFAULT where the rest is known.
    """
    flags = ctypes.c_ulong(SECCOMP_FILTER_FLAG_TSYNC)
    try:
        call("seccomp", ctypes.c_ulong(SECCOMP_SET_MODE_FILTER), flags, None)
    except OSError as error:
        return error.errno == errno.EFAULT
    return True


def install(program: bytes) -> None:
    """Have the kernel ask a program before every call, of all threads, from now on.

    Args:
        program: As `assemble` makes it.

    Raises:
        OSError: The kernel refuses, or a thread cannot be brought under it.
    """
    described = _Program(len(program) // INSTRUCTION.size, program)
    left_out = call(
        "seccomp",
        ctypes.c_ulong(SECCOMP_SET_MODE_FILTER),
        ctypes.c_ulong(SECCOMP_FILTER_FLAG_TSYNC),
        ctypes.byref(described),
    )
    if left_out:
        raise OSError(errno.ESRCH, f"thread {left_out} is under another filter")
