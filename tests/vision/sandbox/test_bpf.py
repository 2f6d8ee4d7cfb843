"""The filter's assembler: what it makes does what the rules say."""

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.vision.sandbox import bpf
from tallypost.vision.sandbox.architecture import ARCHITECTURES
from tallypost.vision.sandbox.bpf import Architecture, Rule, Where, assemble
from tests.vision.sandbox.machine import answer

CALLS = Architecture(audit=7, numbers={"a": 10, "b": 20, "c": 30, "new": 40})
REFUSED = bpf.REFUSE | errno.EPERM
words = st.sampled_from([0, 1, 2, 64, 0xFFFFFFFF, 1 << 32, (1 << 32) + 64, 2**64 - 1])
masks = st.sampled_from([bpf.LOW, bpf.WHOLE, 0xFF00, 4, 1 << 40])


@st.composite
def wheres(draw: st.DrawFn) -> Where:
    mask = draw(masks)
    return Where(
        draw(st.integers(0, 5)),
        draw(words) & mask,
        mask,
        equal=mask > bpf.LOW or draw(st.booleans()),
    )


rule_lists = st.lists(
    st.builds(Rule, st.sampled_from("abc"), st.lists(wheres(), max_size=3).map(tuple)),
    max_size=8,
)


@given(
    rules=rule_lists,
    number=st.sampled_from([10, 20, 30, 40, 50]),
    arguments=st.lists(words, min_size=6, max_size=6),
)
def test_a_call_is_allowed_if_one_of_its_rules_holds_and_no_other_way(
    rules: list[Rule], number: int, arguments: list[int]
) -> None:
    expected = any(
        CALLS.numbers[rule.call] == number
        and all(
            (arguments[each.argument] & each.mask == each.value) is each.equal
            for each in rule.where
        )
        for rule in rules
    )

    program = assemble(rules, (), CALLS)

    found = answer(program, CALLS.audit, number, arguments)
    assert found == (bpf.ALLOW if expected else REFUSED)


def test_a_call_that_is_said_not_to_exist_is_answered_so() -> None:
    program = assemble([Rule("a")], ("new",), CALLS)

    assert answer(program, CALLS.audit, 40) == bpf.REFUSE | errno.ENOSYS


def test_a_call_by_another_processors_rules_ends_the_process() -> None:
    i386 = 0x40000003
    program = assemble([Rule("a")], (), CALLS)

    assert answer(program, i386, 10) == bpf.KILL


def test_the_second_numbering_of_x86_64_is_refused() -> None:
    program = assemble([Rule("read")], (), ARCHITECTURES["x86_64"])

    assert answer(program, ARCHITECTURES["x86_64"].audit, bpf.X32) == REFUSED


def test_a_length_is_compared_whole() -> None:
    program = assemble([Rule("a", (Where(2, 64, bpf.WHOLE),))], (), CALLS)

    assert answer(program, CALLS.audit, 10, [0, 0, 64]) == bpf.ALLOW
    assert answer(program, CALLS.audit, 10, [0, 0, 64 + (1 << 32)]) == REFUSED


def test_a_call_with_more_ways_than_a_jump_can_pass_is_no_program() -> None:
    many = [Rule("a", (Where(0, each),)) for each in range(200)]

    with pytest.raises(AssertionError, match="a jump is short"):
        assemble(many, (), CALLS)
