"""From settings to a radio link."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tallypost.board.base import Board
from tallypost.errors import CodecError, SettingsError, UplinkError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.lorawan import NO_FAIR_USE_S, LorawanSettings, read_key
from tallypost.settings.site import Site
from tallypost.telemetry.codec.compact.layout import Layout
from tallypost.telemetry.uplink.lorawan.duty import Budget
from tallypost.telemetry.uplink.lorawan.heeding import Deeds
from tallypost.telemetry.uplink.lorawan.memory import COUNTERS_AHEAD, Memory
from tallypost.telemetry.uplink.lorawan.regions import RULES
from tallypost.telemetry.uplink.lorawan.session import going_on
from tallypost.telemetry.uplink.lorawan.station import Station
from tallypost.telemetry.uplink.lorawan.uplink import LorawanUplink
from tallypost.telemetry.uplink.lorawan.words import Habits
from tallypost.telemetry.uplink.modem.base import (
    Identity,
    Modem,
    Radio,
    Region,
    Session,
)
from tallypost.telemetry.uplink.modem.opening import (
    SPEEDS_BAUD,
    Found,
    find,
    open_modem,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioLink:
    """A radio link, and what keeps it there.

    Attributes:
        uplink: Carries records.
        station: Whose `keep` is to be called every second.
    """

    uplink: LorawanUplink
    station: Station


def open_radio(
    settings: LorawanSettings,
    layout: Layout,
    deeds: Deeds,
    *,
    record_s: float | None,
    memory_file: Path,
    board: Board,
) -> RadioLink:
    """Return a radio link; its modem is opened when it is first looked after.

    Args:
        settings: The table of the link.
        layout: Of the site.
        deeds: What the house does when the network's keeper asks.
        record_s: Length of the intervals; None where it stands in for another link.
        memory_file: Where it keeps what must outlive a power cut.
        board: Whose clock to ask.

    Raises:
        SettingsError: A key cannot be read.
    """
    radio = radio_of(settings)
    fair_use_s = None if settings.fair_use_s == NO_FAIR_USE_S else settings.fair_use_s
    budget = Budget(RULES[radio.region], fair_use_s, board)
    memory = Memory(memory_file)
    station = Station(
        modem_opener(settings, board),
        identity=identity_of(settings),
        radio=radio,
        budget=budget,
        memory=memory,
        board=board,
    )
    uplink = LorawanUplink(
        station,
        layout,
        deeds,
        radio=radio,
        budget=budget,
        memory=memory,
        habits=Habits(settings.confirm_every),
        record_s=float(settings.record_every_s) if record_s is None else record_s,
        fallback=record_s is None,
        board=board,
    )
    return RadioLink(uplink=uplink, station=station)


def layout_of(site: Site, classes: Sequence[str], interval_s: float) -> Layout:
    """Return which number in a frame is which figure of a site.

    Args:
        site: What is drawn.
        classes: What the model tells.
        interval_s: Length of the intervals.

    Raises:
        SettingsError: It has more figures than frames can tell apart.
    """
    usual = () if site.place is None else site.place.classes or ()
    drawn: Mapping[str, Mapping[str, Sequence[str]]] = {
        kind: {
            each.name: getattr(each, "classes", None) or usual or classes
            for each in elements
        }
        for kind, elements in site.drawn().items()
    }
    try:
        return Layout.of(drawn, round(interval_s))
    except CodecError as error:
        raise SettingsError("uplink", [str(error)]) from error


def modem_opener(settings: LorawanSettings, board: Board) -> Callable[[], Modem]:
    """Return what finds the modem that settings name, and opens it."""
    path = None if settings.port == "auto" else settings.port

    def open_it() -> Modem:
        if path is not None and settings.model != "auto":
            model = settings.model
            return open_modem(Found(path, SPEEDS_BAUD[model], model), board)
        return open_modem(find(board, path), board)

    return open_it


def memory_file(settings: DeviceSettings) -> Path:
    """Return where the radio link keeps what must outlive a power cut."""
    path = settings.outbox.path
    return path.with_name(f"{path.name}.radio")


def visitor_of(settings: DeviceSettings, radio: LorawanSettings) -> Identity | Session:
    """Return who joins while a technician has the modem.

    Tallypost joins anew afterwards: the modem was told other things. Of ABP, the frame
    counters of the visit are set aside, so that no number is used twice.

    Raises:
        SettingsError: A key cannot be read, or is none.
    """
    memory = Memory(memory_file(settings))
    identity = going_on(identity_of(radio), memory.kept)
    memory.keep(session="")
    if isinstance(identity, Session):
        memory.keep(uplink_counter=memory.kept.uplink_counter + COUNTERS_AHEAD)
    return identity


def modem_at(path: str, board: Board) -> Modem:
    """Return the modem at a port, whatever it is.

    Raises:
        ModemLostError: None answers there.
    """
    return open_modem(find(board, path), board)


def radio_of(settings: LorawanSettings) -> Radio:
    """Return how the modem is to speak."""
    return Radio(
        region=Region(settings.region),
        sub_band=settings.sub_band,
        adr=settings.adr,
        data_rate=settings.data_rate,
    )


def identity_of(settings: LorawanSettings) -> Identity | Session:
    """Return who joins.

    Raises:
        SettingsError: A key cannot be read, or is none.
    """
    try:
        if settings.dev_addr is not None:
            return Session(
                dev_addr=bytes.fromhex(settings.dev_addr),
                nwk_skey=_key(settings.nwk_skey_file),
                app_skey=_key(settings.app_skey_file),
            )
        eui = settings.dev_eui
        return Identity(
            dev_eui=None if eui is None else bytes.fromhex(eui),
            join_eui=bytes.fromhex(settings.join_eui or ""),
            app_key=_key(settings.app_key_file),
        )
    except UplinkError as error:
        raise SettingsError("uplink", [str(error)]) from error


def _key(path: Path | None) -> bytes:
    assert path is not None  # the settings' own rules see to that
    return read_key(path)
