"""What the tracker goes by: lengths in sizes of a box, times in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """How unlike its track a detection may be: 0 lies on it, 1 has nothing of it.

    Attributes:
        cost_max: For a detection that scores well.
        cost_low_max: For one that scores low and a track seen within `Patience.dip_s`.
        cost_late_max: For a track that has not been seen for `Patience.lost_s`.
        reach: By how many standard deviations of the place boxes are widened.
        reach_free: The same for tracks whose speed nobody can foretell: those seen less
            often than `young_hits`, and those who stand still and may set off; but not
            those seen at fewer than half of the looks: a lamp sets off nowhere.
        young_hits: See there.
        widened_max: No box is widened by more than this on any side.
        widened_late_max: The same for a track not seen for `Patience.lost_s`: who was
            away for long is taken for the same only where it was expected.
    """

    cost_max: float = 0.85
    cost_low_max: float = 0.5
    cost_late_max: float = 0.8
    reach: float = 1.0
    reach_free: float = 1.5
    young_hits: int = 3
    widened_max: float = 1.0
    widened_late_max: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaping:
    """How far from where it was seen a look ago somebody may be found.

    Only where nobody else is in question: at two looks a second who runs, sets off or
    turns is out of the filter's reach; at ten there is nothing to leap over.

    Attributes:
        newborn_sizes_s: Who was seen once only may go so many sizes of the box in a
            second, whichever way.
        stroll_sizes_s: So fast may set off or turn whom the detector hardly sees.
        aside_share: By so much of its size more than it went who turns may be off.
        step_max: Who goes further between two looks, in sizes, turns at none.
        larger_max: By so much the area of the box may change.
    """

    newborn_sizes_s: float = 8.0
    stroll_sizes_s: float = 1.5
    aside_share: float = 0.25
    step_max: float = 0.8
    larger_max: float = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is long enough, in seconds, whatever the frame rate.

    Attributes:
        confirm_s: How long an object that barely scores has been there before it is
            believed; the surer the detector, the sooner, and at once where it is quite
            sure. It was seen at two looks running or at three by then, and at every
            second look or oftener.
        part_s: The same for what may be a part of another object.
        weak_s: So long a confirmed one may live on low scores alone (a lamp post that
            was once taken for a person would live on them for ever), or for as long as
            it had stood there with good ones.
        dip_s: A low score is taken for a track not seen for so long at most.
        tentative_s: After so long without being seen, one not confirmed is given up.
        lost_s: For so long one not seen may be anywhere it can have gone.
        unmoved_s: The same for one that was never seen to move: a reflection.
            It comes back where it was, and who walks by later is another.
        awaited_s: After so long without being seen, one that moved is given up.
        still_s: Who has not moved for so long stands still, and is thought to go on
            standing while not seen.
        stood_max_s: Who stands still is awaited for as long as it has stood, and no
            longer than this.
        hidden_max_s: So long who is behind another, or one with it, is not missed.
        gap_s: After so long without a frame, everybody is given up; and after so long
            without a look for them, those whom nobody looks for.
    """

    confirm_s: float = 0.3
    part_s: float = 1.0
    weak_s: float = 1.0
    dip_s: float = 0.5
    tentative_s: float = 0.3
    lost_s: float = 1.5
    unmoved_s: float = 0.75
    awaited_s: float = 3.0
    still_s: float = 1.0
    stood_max_s: float = 30.0
    hidden_max_s: float = 5.0
    gap_s: float = 5.0
