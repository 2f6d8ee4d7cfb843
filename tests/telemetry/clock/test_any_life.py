"""Whatever befalls its clocks, a device dates nothing wrong, and nothing twice."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tallypost.telemetry.clock.anchor import DRIFT
from tests.telemetry.clock.world import World

drifts = st.sampled_from([-0.9 * DRIFT, 0.0, 0.3 * DRIFT, 0.9 * DRIFT])
DAY_S = 86_400.0
YEARS_S = 3652.5 * DAY_S
STEPS_S = (0.3, 1.0, 59.0, 61.0, 3600.0, DAY_S, YEARS_S)
steps_s = st.sampled_from([*STEPS_S, *(-each for each in STEPS_S)])


class AnyLife(RuleBasedStateMachine):
    """A device on a pole, for as long as hypothesis likes."""

    @initialize(battery=st.booleans(), drift=drifts)
    def mount(self, *, battery: bool, drift: float) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self.folder.name))
        self.world.board.drift = drift
        if battery:
            self.world.board.battery_s = 86_400.0

    @rule(frames=st.integers(1, 60))
    def watch(self, frames: int) -> None:
        self.world.watch(frames)

    @rule(seconds=st.sampled_from([0.2, 7.0, 100.0, 1000.0, 40_000.0]))
    def look_away(self, seconds: float) -> None:
        while seconds > 0:
            self.world.wait(min(seconds, 20.0))
            self.world.hear(self.world.window.idle(self.world.now()))
            self.world.intake.tick()
            seconds -= 20.0

    @rule(
        share=st.sampled_from([-0.99, -0.5, 0.0, 0.5, 0.99]),
        doubt_s=st.sampled_from([0.01, 0.5, 2.0]),
    )
    def hear_a_time_server(self, share: float, doubt_s: float) -> None:
        self.world.sync(share * doubt_s, doubt_s)

    @rule(
        share=st.sampled_from([-0.99, 0.0, 0.99]),
        doubt_s=st.sampled_from([0.05, 5.0]),
    )
    def hear_a_broker(self, share: float, doubt_s: float) -> None:
        world = self.world
        world.reckoner.told(
            world.true_s + share * doubt_s, world.board.monotonic_s(), doubt_s
        )

    @rule(step_s=steps_s)
    def set_the_clock_by_hand(self, step_s: float) -> None:
        self.world.set_by_hand(step_s)

    @rule(
        off_s=st.sampled_from([2.0, 90.0, 4000.0, 3 * DAY_S]),
        calendar=st.sampled_from(["1970", "saved", "battery"]),
        drift=drifts,
        battery_drift=drifts,
    )
    def cut_the_power(
        self, off_s: float, calendar: str, drift: float, battery_drift: float
    ) -> None:
        self.world.cut_power(off_s, calendar, drift, battery_drift)

    @rule(crash=st.booleans())
    def restart_what_sees(self, *, crash: bool) -> None:
        self.world.restart_vision(crash=crash)

    @rule()
    def restart_what_speaks(self) -> None:
        self.world.open_telemetry()

    @rule()
    def have_the_disk_refuse(self) -> None:
        self.world.store.broken = not self.world.store.broken

    @invariant()
    def every_date_is_true(self) -> None:
        if hasattr(self, "world"):
            self.world.check()

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.folder:
            self.world.store.broken = False
            self.world.sync(0.0, 0.01)
            self.world.watch(30)
            self.world.check()
            assert self.world.store.stamps == {}, "everything has a date in the end"


AnyLife.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None
)
test_whatever_befalls_a_device_every_date_is_true = AnyLife.TestCase
