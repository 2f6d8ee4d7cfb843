"""Gets a modem into its network: by the session of before, or by a new one."""

from tallypost.board.base import Board
from tallypost.errors import (
    DutyCycleError,
    ModemBusyError,
    ModemError,
    ModemRefusedError,
)
from tallypost.telemetry.uplink.lorawan.duty import Budget
from tallypost.telemetry.uplink.lorawan.joining import Joining
from tallypost.telemetry.uplink.lorawan.memory import Memory
from tallypost.telemetry.uplink.lorawan.regions import RULES
from tallypost.telemetry.uplink.lorawan.session import going_on, session_hash
from tallypost.telemetry.uplink.modem.base import (
    Identity,
    Modem,
    ModemInfo,
    Radio,
    Session,
)

JOIN_S = 60.0
"""How long one attempt to join may take."""


class Entrance:
    """Tells a modem who it is, and has it join as seldom as may be.

    Args:
        identity: Who joins.
        radio: How to speak.
        budget: How much airtime there is.
        memory: What is known of the session before.
        board: Whose clock to ask.

    Attributes:
        radio: As above; another one counts from the next configuration on.
    """

    def __init__(
        self,
        identity: Identity | Session,
        radio: Radio,
        *,
        budget: Budget,
        memory: Memory,
        board: Board,
    ) -> None:
        self.radio = radio
        self._identity = identity
        self._budget = budget
        self._memory = memory
        self._joining = Joining(RULES[radio.region], board)
        self._configured = False

    def open(self, modem: Modem, info: ModemInfo) -> bool:
        """Return whether the modem is in the session still that it was last told of.

        One of ABP is begun anew whenever a modem is opened: that costs no airtime, and
        only so is the modem told from which frame counter on.
        """
        self._configured = False
        over_the_air = isinstance(self._identity, Identity)
        known = self._memory.kept.session == self._hash(info)
        return over_the_air and known and modem.joined()

    def wait_s(self) -> float:
        """Return after how long the modem may ask to be let in."""
        if isinstance(self._identity, Session):
            return self._joining.wait_s()
        air_wait_s = self._budget.wait_s(self._joining.air_s, urgent=True)
        return max(self._joining.wait_s(), air_wait_s)

    def enter(self, modem: Modem, info: ModemInfo) -> None:
        """Have the modem join, once.

        Raises:
            ModemError: It does not, or nobody has let it in.
        """
        if not self._configured:
            self._memory.keep(session="")
            modem.configure(going_on(self._identity, self._memory.kept), self.radio)
            self._configured = True
        try:
            modem.join(JOIN_S)
            self.count(modem, info)
        except (DutyCycleError, ModemBusyError):
            raise  # nothing went out
        except ModemError:
            # A request may have gone out, also where the modem failed over it.
            self._spend()
            self._joining.tried()
            raise
        self._spend()
        self._joining.succeeded()
        # Most modems have taken another DevEUI by now, and will tell that one.
        self._memory.keep(session=self._hash(modem.info()))

    def leave(self) -> None:
        """Forget the session: the modem is to be configured and to join anew."""
        self._memory.keep(session="")
        self._configured = False

    def count(self, modem: Modem, info: ModemInfo) -> None:
        """Note how far the frame counters of a session of ABP are.

        Raises:
            ModemRefusedError: They would begin anew at each start of the modem, and a
                number that is used twice gives away what was encrypted with it.
        """
        if isinstance(self._identity, Identity):
            return
        counters = modem.counters()
        if counters is None and not info.keeps_counters:
            raise ModemRefusedError(
                f"{info.model}: forgets the frame counters of ABP, and cannot be told "
                "them; join over the air (OTAA), or take another modem"
            )
        self._memory.counted(counters)

    def _spend(self) -> None:
        if isinstance(self._identity, Identity):
            self._budget.spend(self._joining.air_s)

    def _hash(self, info: ModemInfo) -> str:
        return session_hash(self._identity, self.radio, info.dev_eui)
