"""Assembles a list of allowed system calls into the program that the kernel runs.

The kernel asks the program before every call of every thread. What it looks at::

    0     4       8                16         24              64
    [ nr ][ arch ][ instruction   ][ args[0] ][ args[1] ] ... ]
      I     I       Q                Q          Q

It reads 32 bits at a time. An instruction is <HBBI: what to do, how far to jump where
it is true, where it is false, and a number. Little endian: both processors that we
know are.

Source: the kernel's Documentation/userspace-api/seccomp_filter.rst; linux/filter.h;
linux/seccomp.h.
"""

import errno
import struct
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

INSTRUCTION = struct.Struct("<HBBI")
LOAD, AND, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
"""`REFUSE` takes the error that the caller hears in its lower half."""
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16
X32 = 0x40000000
"""Calls of x86_64's second numbering have this bit."""
LOW, WHOLE = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
JUMP_MAX = 0xFF


@dataclass(frozen=True, slots=True)
class Where:
    """What an argument of a call must be: `argument & mask == value`, or must not.

    Attributes:
        argument: Its place, 0..5.
        value: What it is compared with.
        mask: Which of its bits count; the lower 32 for what the kernel takes as an
            `int`: it does not look at the others.
        equal: Whether it must be so, or must not.
    """

    argument: int
    value: int
    mask: int = LOW
    equal: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """A call that is allowed, if all that is asked of its arguments holds.

    Attributes:
        call: Its name.
        where: What is asked; nothing: it is always allowed.
    """

    call: str
    where: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Architecture:
    """A processor as the kernel numbers its calls.

    Attributes:
        audit: The kernel's own number of it. Source: linux/audit.h.
        numbers: Of every call that it has, by name.
    """

    audit: int
    numbers: Mapping[str, int]


_Code = list[bytes]


def assemble(
    rules: Iterable[Rule], unknown: Collection[str], architecture: Architecture
) -> bytes:
    """Return the program that allows what the rules say and refuses all else.

    A call by another processor's rules ends the process. What is refused gets EPERM,
    what is said to be unknown ENOSYS: its caller then takes the older call that it
    replaced.

    Args:
        rules: Of one call there may be several: each is a way to be allowed. Calls
            that the processor does not have are left out. Those asked most come first.
        unknown: Calls that are said not to exist.
        architecture: Whose numbers count.
    """
    code = [
        _load(ARCHITECTURE_AT),
        _jump(JUMP_EQUAL, architecture.audit, 1, 0),
        _return(KILL),
        _load(NUMBER_AT),
        _jump(JUMP_AT_LEAST, X32, 0, 1),
        _return(REFUSE | errno.EPERM),
    ]
    ways: dict[str, list[Sequence[Where]]] = {}
    for rule in rules:
        ways.setdefault(rule.call, []).append(rule.where)
    for call, of_call in ways.items():
        if call in architecture.numbers:
            code += _call(architecture.numbers[call], _body(of_call))
    for call in unknown:
        code += _call(architecture.numbers[call], [_return(REFUSE | errno.ENOSYS)])
    code.append(_return(REFUSE | errno.EPERM))
    return b"".join(code)


def _call(number: int, body: _Code) -> _Code:
    """Return what does the body for one call, and passes every other on."""
    return [_jump(JUMP_EQUAL, number, 0, len(body)), *body]


def _body(ways: Iterable[Sequence[Where]]) -> _Code:
    code: _Code = []
    for way in ways:
        if not way:
            return [_return(ALLOW)]
        code += _way(way)
    return [*code, _return(REFUSE | errno.EPERM)]


def _way(way: Sequence[Where]) -> _Code:
    """Return what allows where all holds, and goes past its own end where not."""
    code = [_return(ALLOW)]
    for where in reversed(way):
        for at, mask, value in _halves(where):
            beyond = len(code)
            hit, miss = (0, beyond) if where.equal else (beyond, 0)
            look = [_load(at), _jump(JUMP_EQUAL, value, hit, miss)]
            if mask != LOW:
                look.insert(1, INSTRUCTION.pack(AND, 0, 0, mask))
            code = look + code
    return code


def _halves(where: Where) -> Iterable[tuple[int, int, int]]:
    """Yield where a half of an argument lies, which bits of it count, and its value."""
    at = ARGUMENTS_AT + 8 * where.argument
    yield at, where.mask & LOW, where.value & LOW
    if where.mask > LOW:
        assert where.equal, "a difference in either half would do: ask for 32 bits"
        yield at + 4, where.mask >> 32, where.value >> 32


def _load(at: int) -> bytes:
    return INSTRUCTION.pack(LOAD, 0, 0, at)


def _jump(kind: int, value: int, if_true: int, if_false: int) -> bytes:
    assert max(if_true, if_false) <= JUMP_MAX, "a call with fewer ways: a jump is short"
    return INSTRUCTION.pack(kind, if_true, if_false, value)


def _return(answer: int) -> bytes:
    return INSTRUCTION.pack(RETURN, 0, 0, answer)
