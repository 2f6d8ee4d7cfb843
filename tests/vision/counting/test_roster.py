"""Facts by track id."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tallypost.vision.counting.roster import Roster

changes = st.lists(
    st.tuples(
        st.booleans(), st.lists(st.integers(0, 30), min_size=1, max_size=8, unique=True)
    ),
    max_size=20,
)


def facts_of(ids: np.ndarray) -> np.ndarray:
    return np.stack([ids * 2.0, ids * 3.0], axis=1)


@given(changes)
def test_every_id_finds_its_own_facts_whoever_comes_and_goes(
    told: list[tuple[bool, list[int]]],
) -> None:
    roster, known = Roster(2), set[int]()
    for comes, each in told:
        ids = np.array(each, np.int64)
        unknown = roster.unknown(ids)
        assert unknown.tolist() == [one not in known for one in each]
        if comes:
            roster.add(ids[unknown], facts_of(ids[unknown]))
            assert not roster.unknown(ids).any()
            assert (roster.facts[roster.rows(ids)] == facts_of(ids)).all()
            known.update(each)
        else:
            taken, facts = roster.take(ids)
            assert set(taken.tolist()) == known & set(each)
            assert (facts == facts_of(taken)).all()
            known.difference_update(each)
        assert roster.ids.tolist() == sorted(known)
        assert (roster.facts == facts_of(roster.ids)).all()
