"""What a language must have words for, to speak on a certificate."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A certificate's words in one language.

    Attributes:
        title: What the paper is.
        passed: That the device was found fit.
        not_passed: That it was not.
        device: Before its name.
        signed: Before the date.
        undated: In place of a date.
        technician: Before who stood there.
        remarks: Before what they had to say.
        attached: After remarks that are too long: where the rest is.
        checks: Heads what was looked at.
        names: What each check is called.
        good: Of one that was passed,
        bad: was not,
        unknown: or of which nobody knows.
        accuracy: Heads what was found by taps.
        line: Of one line; holds `{line}`, `{class_name}`, `{taps}`, `{error}`, `{low}`,
            `{high}`, `{margin}` and `{verdict}`.
        unbounded: The same where too little passed to say more; without `{low}` and
            `{high}`.
        proven: That it lies within the margin.
        unproven: That this is not proven.
        code: What stands in the code, and how to check it.
        digest: The same, where it holds a digest alone.
        key: Before the key in hexadecimal digits.
        counted_with: Before firmware, model and site.
        sentences: What each check says, by its key; numbers between braces.
    """

    title: str
    passed: str
    not_passed: str
    device: str
    signed: str
    undated: str
    technician: str
    remarks: str
    attached: str
    checks: str
    names: Mapping[str, str]
    good: str
    bad: str
    unknown: str
    accuracy: str
    line: str
    unbounded: str
    proven: str
    unproven: str
    code: str
    digest: str
    key: str
    counted_with: str
    sentences: Mapping[str, str]
