"""The ways out that are tried: a closed table, each with the error that it must give.

None does harm where it is open. What would write, end or replace something is asked
with a path, an address or a process that is nowhere: a kernel that looked at it would
answer otherwise than the filter, which looks at the call alone.
"""

import ctypes
import errno
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tallypost.vision.sandbox import kernel

# Source of the values: linux/{fcntl,sched,prctl,socket,io_uring}.h, asm-generic/*.h.
AT_FDCWD = -100
O_RDWR, O_WRONLY, O_CREAT, O_TMPFILE = 2, 1, 0o100, 0o20200000
SIGCHLD, CLONE_VM_ALONE = 17, 0x100
F_SETFL, F_SETOWN, F_SETLK, F_DUPFD_CLOEXEC = 4, 8, 6, 1030
TIOCSTI, SIOCGIFNAME, FICLONE = 0x5412, 0x8910, 0x40049409
STREAM, DATAGRAM, RAW = 1, 2, 3
PROT_ALL, MAP_PRIVATE_ANONYMOUS = 7, 0x22
MEMORY, NONE, NO_ADDRESS = 4096, 0, 1
NOWHERE = b"/nowhere/way-out"

FAMILIES = {
    "of this machine": (1, STREAM),
    "of this machine, of letters": (1, DATAGRAM),
    "of TCP": (2, STREAM),
    "of UDP": (2, DATAGRAM),
    "of raw IP": (2, RAW),
    "of IPv6": (10, STREAM),
    "of the kernel (netlink)": (16, RAW),
    "of raw packets": (17, RAW),
    "of keys (PF_KEY)": (15, RAW),
    "of a CAN bus": (29, RAW),
    "of TIPC": (30, STREAM),
    "of Bluetooth": (31, STREAM),
    "of the kernel's ciphers (AF_ALG)": (38, 5),
    "of NFC": (39, STREAM),
    "of a virtual machine (vsock)": (40, STREAM),
    "of a modem (QIPCRTR)": (42, DATAGRAM),
    "of fast packets (XDP)": (44, RAW),
}
FILES = {
    "reading a file": (b"/etc/hostname", 0),
    "making a file": (NOWHERE, O_WRONLY | O_CREAT),
    "a file without a name": (b"/tmp", O_TMPFILE | O_RDWR),  # tried only
    "shared memory": (b"/dev/shm", O_TMPFILE | O_RDWR),  # tried only
    "the terminal": (b"/dev/tty", O_RDWR),
    "another terminal": (b"/dev/ptmx", O_RDWR),
    "the device that is nowhere": (b"/dev/null", O_WRONLY),
    "the kernel's log": (b"/dev/kmsg", O_WRONLY),
    "the machine's memory": (b"/dev/mem", O_RDWR),
    "a camera": (b"/dev/video0", O_RDWR),
    "own memory": (b"/proc/self/mem", O_RDWR),
    "the kernel's settings": (b"/proc/sys/kernel/core_pattern", O_WRONLY),
}

Argument = int | bytes


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way out.

    Attributes:
        name: What it would be.
        call: What the kernel is asked.
        arguments: With what; bytes are handed over by their address.
        error: What it must answer.
    """

    name: str
    call: str
    arguments: tuple[Argument, ...]
    error: int = errno.EPERM

    def make(self) -> int:
        """Return the error that the kernel answers; 0: the way is open."""
        words = (
            ctypes.c_long(each) if isinstance(each, int) else each
            for each in self.arguments
        )
        try:
            answer = kernel.call(self.call, *words)
        except OSError as error:
            return error.errno or errno.EIO
        if self.call in ("fork", "clone") and answer == 0:
            os._exit(0)  # a child that should never have been
        return 0


def attempts(outlet: int, frame_bytes: int) -> tuple[Attempt, ...]:
    """Return what is tried on this processor, the most harmless first.

    Args:
        outlet: The wall's descriptor.
        frame_bytes: Of what may be written there.
    """
    parent = os.getppid()
    tried = (
        *_files(outlet, parent),
        *_sockets(),
        *_processes(parent),
        *_memory(),
        *_itself(parent),
        *_around_the_outlet(outlet, frame_bytes),
    )
    known = kernel.architecture().numbers
    return tuple(each for each in tried if each.call in known)


def _all(table: Iterable[tuple[str, str, tuple[Argument, ...]]]) -> Iterator[Attempt]:
    return (Attempt(*each) for each in table)


def _files(outlet: int, parent: int) -> Iterator[Attempt]:
    others = {
        "another process's memory": (f"/proc/{parent}/mem".encode(), O_RDWR),
        "another process's files": (f"/proc/{parent}/fd/0".encode(), O_WRONLY),
        "the outlet by its name": (f"/proc/self/fd/{outlet}".encode(), O_WRONLY),
    }
    for name, (path, flags) in {**FILES, **others}.items():
        yield Attempt(f"opening: {name}", "openat", (AT_FDCWD, path, flags, 0o600))
    yield from _all(
        (
            ("opening, as of old", "open", (b"/etc/hostname", 0, 0)),
            ("opening, as of late", "openat2", (AT_FDCWD, b"/etc", NO_ADDRESS, 24)),
            ("making a file, as of old", "creat", (NOWHERE, 0o600)),
            ("listing a folder", "getdents64", (0, NO_ADDRESS, MEMORY)),
            ("making a folder", "mkdirat", (AT_FDCWD, NOWHERE, 0o700)),
            ("making a named pipe", "mknodat", (AT_FDCWD, NOWHERE, 0o10600, 0)),
            ("a symbolic link", "symlinkat", (b"picture", AT_FDCWD, NOWHERE)),
            ("a link", "linkat", (AT_FDCWD, NOWHERE, AT_FDCWD, NOWHERE, 0)),
            ("renaming", "renameat2", (AT_FDCWD, NOWHERE, AT_FDCWD, NOWHERE, 0)),
            ("deleting", "unlinkat", (AT_FDCWD, NOWHERE, 0)),
            ("a file's mode", "fchmodat", (AT_FDCWD, NOWHERE, 0o777)),
            ("a file's owner", "fchownat", (AT_FDCWD, NOWHERE, 0, 0, 0)),
            ("a file's date", "utimensat", (AT_FDCWD, NOWHERE, 0, 0)),
            ("a file's attributes", "setxattr", (NOWHERE, b"user.a", b"b", 1, 0)),
            ("a file's length", "truncate", (NOWHERE, 1)),
            ("an open file's length", "ftruncate", (0, 1)),
            ("room for a file", "fallocate", (0, 0, 0, 1)),
            ("looking a path up", "newfstatat", (AT_FDCWD, b"/etc", NO_ADDRESS, 0)),
            ("looking up, of late", "statx", (AT_FDCWD, b"/etc", 0, 0, NO_ADDRESS)),
            ("reading a link", "readlinkat", (AT_FDCWD, b"/etc", NO_ADDRESS, 1)),
            ("changing the folder", "chdir", (NOWHERE,)),
            ("watching files", "inotify_init1", (0,)),
            ("watching a file system", "fanotify_init", (0, 0)),
            ("opening by a handle", "open_by_handle_at", (-1, NO_ADDRESS, 0)),
            ("mounting", "mount", (b"none", NOWHERE, b"tmpfs", 0, 0)),
            ("a new file system", "fsopen", (b"nowhere", 0)),
            ("unmounting", "umount2", (NOWHERE, 0)),
            ("another root", "chroot", (NOWHERE,)),
            ("a lock on a file", "flock", (0, 6)),
            ("a lock on a part of it", "fcntl", (0, F_SETLK, NO_ADDRESS)),
        )
    )


def _sockets() -> Iterator[Attempt]:
    for name, (family, kind) in FAMILIES.items():
        yield Attempt(f"a socket {name}", "socket", (family, kind, 0))
    yield from _all(
        (
            ("a pair of sockets", "socketpair", (1, STREAM, 0, NO_ADDRESS)),
            ("reaching somebody", "connect", (0, NO_ADDRESS, 16)),
            ("taking a port", "bind", (0, NO_ADDRESS, 16)),
            ("waiting for somebody", "listen", (0, 1)),
            ("letting somebody in", "accept4", (0, 0, 0, 0)),
            ("sending", "sendto", (0, NO_ADDRESS, 64, 0, 0, 0)),
            ("sending descriptors", "sendmsg", (0, NO_ADDRESS, 0)),
            ("a socket's options", "setsockopt", (0, 1, 1, NO_ADDRESS, 4)),
        )
    )


def _processes(parent: int) -> Iterator[Attempt]:
    yield Attempt("a process, of late", "clone3", (NONE, 0), errno.ENOSYS)
    yield from _all(
        (
            ("a fork", "fork", ()),
            ("a process", "clone", (SIGCHLD, 0, 0, 0, 0)),
            ("a program", "execve", (NOWHERE, 0, 0)),
            ("a program by its folder", "execveat", (AT_FDCWD, NOWHERE, 0, 0, 0)),
            ("tracing a process", "ptrace", (16, parent, 0, 0)),
            ("reading its memory", "process_vm_readv", (parent, 0, 0, 0, 0, 0)),
            ("writing its memory", "process_vm_writev", (parent, 0, 0, 0, 0, 0)),
            ("naming a process", "pidfd_open", (parent, 0)),
            ("taking its descriptors", "pidfd_getfd", (-1, 0, 0)),
            ("a signal by its name", "pidfd_send_signal", (-1, 0, 0, 0)),
            ("comparing with it", "kcmp", (parent, parent, 0, 0, 0)),
            ("a signal", "kill", (parent, 0)),
            ("a signal to its group", "kill", (0, 0)),
            ("a signal to a thread", "tkill", (parent, 0)),
            ("a signal to its thread", "tgkill", (parent, parent, 0)),
            (
                "a signal that carries a word",
                "rt_sigqueueinfo",
                (parent, 0, NO_ADDRESS),
            ),
            ("its limits", "prlimit64", (parent, 7, 0, NO_ADDRESS)),
            ("its priority", "setpriority", (0, parent, 0)),
        )
    )


def _memory() -> Iterator[Attempt]:
    yield from _all(
        (
            ("a file in memory", "memfd_create", (b"picture", 0)),
            ("a secret file in memory", "memfd_secret", (0,)),
            ("shared memory by a key", "shmget", (0, MEMORY, 0o600)),
            ("a queue by a key", "msgget", (0, 0o600)),
            ("semaphores by a key", "semget", (0, 1, 0o600)),
            ("a queue by a name", "mq_open", (b"/picture", O_RDWR, 0, 0)),
            (
                "memory that can be run",
                "mmap",
                (NONE, MEMORY, PROT_ALL, MAP_PRIVATE_ANONYMOUS, -1, 0),
            ),
            ("making memory run", "mprotect", (MEMORY, MEMORY, PROT_ALL)),
            ("making it run by a key", "pkey_mprotect", (MEMORY, MEMORY, PROT_ALL, -1)),
            ("faults in another's hands", "userfaultfd", (0,)),
            ("calls in a ring", "io_uring_setup", (1, NO_ADDRESS)),
            ("calls in a queue", "io_setup", (1, NO_ADDRESS)),
        )
    )


def _itself(parent: int) -> Iterator[Attempt]:
    yield from _all(
        (
            ("a filter of its own", "seccomp", (1, 0, NONE)),
            ("being looked into", "prctl", (4, 9, 0, 0, 0)),
            ("a name for a thread", "prctl", (15, b"picture", 0, 0, 0)),
            ("another personality", "personality", (0xFFFFFFFF,)),
            ("another user", "setuid", (-1,)),
            ("rights", "capset", (NO_ADDRESS, NO_ADDRESS)),
            ("a higher limit", "prlimit64", (0, 4, NO_ADDRESS, 0)),
            ("a world of its own", "unshare", (0,)),
            ("another's world", "setns", (-1, 0)),
            ("a key for the kernel", "add_key", (b"user", b"a", b"b", 1, -4)),
            ("the kernel's keys", "keyctl", (0, -4, 0)),
            ("a program in the kernel", "bpf", (0, NO_ADDRESS, 0)),
            ("a module of the kernel", "finit_module", (-1, b"", 0)),
            ("the kernel's counters", "perf_event_open", (NO_ADDRESS, 0, -1, -1, 0)),
            ("reading the kernel's log", "syslog", (10, 0, 0)),
            ("setting the clock", "clock_settime", (0, NO_ADDRESS)),
            ("another clock", "clock_adjtime", (1, NO_ADDRESS)),
            ("the machine's name", "sethostname", (NO_ADDRESS, 1)),
            ("signals to read", "signalfd4", (-1, NO_ADDRESS, 8, 0)),
            ("a clock to read", "timerfd_create", (1, 0)),
            ("a list of descriptors", "epoll_create1", (0,)),
            ("a terminal's input", "ioctl", (0, TIOCSTI, NO_ADDRESS)),
            ("a network card", "ioctl", (0, SIOCGIFNAME, NO_ADDRESS)),
            ("a clone of a file", "ioctl", (0, FICLONE, -1)),
            ("a signal on reading", "fcntl", (0, F_SETOWN, parent)),
            ("other ways to read", "fcntl", (0, F_SETFL, 0)),
        )
    )


def _around_the_outlet(outlet: int, frame_bytes: int) -> Iterator[Attempt]:
    """Yield what would say more than a frame, or say it elsewhere.

    The last one, where it were open, would end the telling.
    """
    here = outlet, NO_ADDRESS
    yield from _all(
        (
            ("a pipe", "pipe2", (NO_ADDRESS, 0)),
            ("a pipe, as of old", "pipe", (NO_ADDRESS,)),
            ("a frame to standard output", "write", (1, NO_ADDRESS, frame_bytes)),
            ("a frame to standard error", "write", (2, NO_ADDRESS, frame_bytes)),
            ("a byte more than a frame", "write", (*here, frame_bytes + 1)),
            ("a byte less than a frame", "write", (*here, frame_bytes - 1)),
            ("nothing", "write", (*here, 0)),
            ("a picture", "write", (*here, 300_000)),
            ("a frame, and the upper half", "write", (*here, (1 << 32) + frame_bytes)),
            ("a frame in pieces", "writev", (*here, 1)),
            ("a frame at a place", "pwrite64", (*here, frame_bytes, 0)),
            ("a frame of another file", "sendfile", (outlet, -1, 0, frame_bytes)),
            ("pages into the pipe", "splice", (-1, 0, outlet, 0, frame_bytes, 0)),
            ("pages of a pipe", "tee", (-1, outlet, frame_bytes, 0)),
            ("pages of memory", "vmsplice", (*here, 1, 0)),
            ("a part of a file", "copy_file_range", (-1, 0, outlet, 0, 1, 0)),
            ("the outlet once more", "dup", (outlet,)),
            ("the outlet once more, asked", "fcntl", (outlet, F_DUPFD_CLOEXEC, 3)),
            ("other ways to write", "fcntl", (outlet, F_SETFL, 0o4000)),
            ("the outlet as output", "dup2", (outlet, 1)),
            ("the outlet as error", "dup3", (outlet, 2, 0)),
            ("something else as outlet", "dup2", (-1, outlet)),
            ("an end of the outlet", "close", (outlet,)),
        )
    )
