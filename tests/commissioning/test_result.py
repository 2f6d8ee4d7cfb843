"""RESULT.txt speaks to whoever holds the card, and tells nobody a secret."""

import pytest

from tallypost.commissioning.result import OTHERS, Outcome, spell_result
from tallypost.commissioning.words.english import ENGLISH
from tallypost.domain.first_start import Verdict


@pytest.mark.parametrize("verdict", Verdict)
def test_everything_has_words_in_each_language(verdict: Verdict) -> None:
    said = [words[verdict] for words in (ENGLISH, *OTHERS.values())]

    assert len(said) == 5
    assert len(set(said)) == 5
    for what, wish in said:
        assert what.endswith(".")
        assert wish.endswith(".")


def test_it_opens_on_every_workstation() -> None:
    raw = spell_result([Outcome(Verdict.TAKEN)])

    assert raw.startswith(b"\xef\xbb\xbf"), "UTF-8 that says so"
    assert raw.count(b"\n") == raw.count(b"\r\n") > 5
    assert "übernommen" in raw.decode("utf-8-sig")


def test_several_things_are_told_one_after_another() -> None:
    refused = Outcome(Verdict.REFUSED_CERTIFICATE, ("is for another key",))
    told = spell_result([Outcome(Verdict.TAKEN), refused]).decode("utf-8-sig")

    assert told.index("has taken its settings") < told.index("is for another key")
    assert "8 short ones" in told


def test_words_of_strangers_draw_no_lines_of_their_own_and_end_somewhere() -> None:
    faults = [f"key{n}: \x1b[2J\r\nDone: all is well {'x' * 999}" for n in range(99)]
    raw = spell_result([Outcome(Verdict.REFUSED_SETTINGS, tuple(faults))])
    told = raw.decode("utf-8-sig")

    assert not any(line.startswith("Done") for line in told.splitlines())
    assert "\x1b" not in told
    assert "and 59 more; mend these first" in told
    assert len(raw) < 20_000
