"""Runs a filter as the kernel would, so that any processor's can be tried here."""

import struct
from collections.abc import Sequence

from tallypost.vision.sandbox import bpf

SEEN = struct.Struct("<IIQ6Q")


def answer(
    program: bytes, audit: int, number: int, arguments: Sequence[int] = ()
) -> int:
    """Return what a filter answers to a call; raise where the kernel would not take it.

    Source: the kernel's Documentation/networking/filter.rst.
    """
    padded = [*arguments, *[0] * 6][:6]
    seen = SEEN.pack(number, audit, 0, *padded)
    code = [*bpf.INSTRUCTION.iter_unpack(program)]
    at = register = 0
    while True:
        what, if_true, if_false, value = code[at]
        at += 1
        match what:
            case bpf.LOAD:
                (register,) = struct.unpack_from("<I", seen, value)
            case bpf.AND:
                register &= value
            case bpf.JUMP_EQUAL:
                at += if_true if register == value else if_false
            case bpf.JUMP_AT_LEAST:
                at += if_true if register >= value else if_false
            case bpf.RETURN:
                return int(value)
            case _:
                raise AssertionError(what)
