"""What the locked process may ask, by name, on both processors."""

import errno
import re
from pathlib import Path

import pytest

from tallypost.vision.sandbox import bpf
from tallypost.vision.sandbox.allowance import (
    THREAD,
    UNKNOWN,
    Channels,
    Need,
    Outlet,
    rules,
)
from tallypost.vision.sandbox.architecture import ARCHITECTURES
from tallypost.vision.sandbox.bpf import assemble
from tests.vision.sandbox.machine import answer

OUTLET = Outlet(descriptor=5, frame_bytes=64)
CHANNELS = Channels(bells=(8,), knocks=(9,), connections=(10,))
PROCESS = 4242
REFUSED = bpf.REFUSE | errno.EPERM
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def allows(machine: str, call: str, *arguments: int, need: Need | None = None) -> bool:
    architecture = ARCHITECTURES[machine]
    needs = () if need is None else (need,)
    program = assemble(rules(OUTLET, CHANNELS, needs, PROCESS), UNKNOWN, architecture)
    number = architecture.numbers[call]
    return answer(program, architecture.audit, number, arguments) == bpf.ALLOW


@pytest.fixture(params=ARCHITECTURES)
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_only_a_whole_frame_goes_out_and_only_by_the_outlet(machine: str) -> None:
    assert allows(machine, "write", 5, 0, 64)
    for descriptor in (0, 1, 2, 4, 6, 8, 9):
        assert not allows(machine, "write", descriptor, 0, 64)
    for length in (0, 1, 8, 63, 65, 4096):
        assert not allows(machine, "write", 5, 0, length)


def test_a_bell_takes_a_ring_and_a_knock_a_byte(machine: str) -> None:
    assert allows(machine, "write", 8, 0, 8)
    assert allows(machine, "write", 9, 0, 1)
    assert not allows(machine, "write", 8, 0, 1)
    assert not allows(machine, "write", 9, 0, 8)


def test_a_connection_takes_what_goes_to_its_own_far_end_alone(machine: str) -> None:
    assert allows(machine, "sendto", 10, 0, 99, 0, 0, 0)
    assert allows(machine, "recvfrom", 10, 0, 99)
    for address in (1, 1 << 32):
        assert not allows(machine, "sendto", 10, 0, 99, 0, address, 16)
    for descriptor in (0, 5, 8, 9, 11):
        assert not allows(machine, "sendto", descriptor, 0, 99, 0, 0, 0)
        assert not allows(machine, "recvfrom", descriptor, 0, 99)
    assert not allows(machine, "write", 10, 0, 64)


def test_the_outlet_cannot_be_closed_and_given_to_something_else(machine: str) -> None:
    assert allows(machine, "close", 6)
    assert not allows(machine, "close", 5)
    assert not allows(machine, "close", 5 + (1 << 32)), "the kernel sees the lower half"


def test_the_outlet_gets_no_second_number(machine: str) -> None:
    duplicate = 1030
    assert allows(machine, "fcntl", 6, duplicate, need=Need.FOOTAGE)
    assert not allows(machine, "fcntl", 5, duplicate, need=Need.FOOTAGE)
    assert allows(machine, "dup", 6, need=Need.FOOTAGE)
    assert not allows(machine, "dup", 5, need=Need.FOOTAGE)
    assert not allows(machine, "dup", 6)


def test_threads_are_allowed_and_processes_are_not(machine: str) -> None:
    sigchld, vfork = 17, 0x4111
    assert allows(machine, "clone", THREAD | 0x3D0F00)
    assert not allows(machine, "clone", sigchld)
    assert not allows(machine, "clone", vfork)
    assert not allows(machine, "clone", 0x100), "memory shared, and yet a process"


def test_nothing_new_can_be_run(machine: str) -> None:
    for call in ("mmap", "mprotect"):
        assert allows(machine, call, 0, 4096, 3)
        for protection in (4, 5, 7):
            assert not allows(machine, call, 0, 4096, protection)


def test_a_limit_may_be_asked_for_and_not_set(machine: str) -> None:
    assert allows(machine, "prlimit64", 0, 7, 0, 1 << 40)
    assert not allows(machine, "prlimit64", 0, 7, 1 << 40, 0)
    assert not allows(machine, "prlimit64", 1, 7, 0, 1 << 40)


def test_the_timer_that_ends_us_may_be_set_and_no_other(machine: str) -> None:
    real, profiling = 0, 2
    assert allows(machine, "setitimer", real, 1 << 40, 0)
    assert not allows(machine, "setitimer", profiling, 1 << 40, 0)


def test_a_signal_goes_to_nobody_else(machine: str) -> None:
    assert allows(machine, "tgkill", PROCESS, PROCESS, 6)
    assert not allows(machine, "tgkill", 1, 1, 6)


DEVICE_REQUESTS = {
    "the next picture of V4L2": (0xC0585611, {Need.V4L2, Need.LIBCAMERA}),
    "a buffer of the dma-buf": (0x40086200, {Need.LIBCAMERA}),
    "a request of the media controller": (0x00007C80, {Need.LIBCAMERA}),
    "a USB transfer": (0x8038550A, {Need.ACCELERATOR}),
    "a terminal's input": (0x5412, set()),
    "a network card": (0x8913, set()),
    "a clone of a file": (0x40049409, set()),
}


@pytest.mark.parametrize(
    ("request_code", "those"), DEVICE_REQUESTS.values(), ids=DEVICE_REQUESTS
)
def test_a_device_is_asked_what_its_kind_is_asked(
    machine: str, request_code: int, those: set[Need]
) -> None:
    for need in (None, *Need):
        assert allows(machine, "ioctl", 3, request_code, need=need) == (need in those)


def test_footage_can_be_played_again_and_files_asked_for_by_descriptor_alone(
    machine: str,
) -> None:
    at_empty_path, set_flags, set_owner = 0x1000, 4, 8
    assert allows(machine, "lseek", 3, need=Need.FOOTAGE)
    assert allows(machine, "newfstatat", 3, 0, 0, at_empty_path, need=Need.FOOTAGE)
    assert not allows(machine, "newfstatat", 3, 0, 0, 0, need=Need.FOOTAGE)
    for command in (set_flags, set_owner):
        assert not allows(machine, "fcntl", 3, command, need=Need.FOOTAGE)


@pytest.mark.parametrize("name", HEADERS)
def test_the_numbers_are_the_kernels_own(name: str) -> None:
    if not HEADERS[name].exists():
        pytest.skip("no kernel headers here")
    text = HEADERS[name].read_text("ascii")
    found = {
        call: int(number)
        for call, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)
    }
    # Where a word has 64 bits, the generic list names its 64-bit forms so.
    generic = {"newfstatat": "fstatat"}
    for call, number in ARCHITECTURES[name].numbers.items():
        assert found.get(call, found.get(generic.get(call, ""))) == number, call
