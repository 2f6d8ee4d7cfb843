"""Lays what was sent or drawn over the device's own, and says what speaks against."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from tallypost.domain.desired import FAULTS_MAX
from tallypost.errors import SettingsError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.file import read_file
from tallypost.settings.journal import Journal
from tallypost.settings.journal_state import Layer
from tallypost.settings.privacy import K_BY_PROFILE, PURPOSES, Privacy
from tallypost.settings.reading import Table, accept, parse_table, read_site, read_table
from tallypost.settings.remote import refusal
from tallypost.settings.site import Site, class_faults
from tallypost.settings.slower import slowed

SETTINGS_FILE, SITE_FILE = "tallypost.toml", "site.toml"
KEY_FILE, CERTIFICATE_FILE = "device.key", "device.crt"
IDENTITY_BYTES_MAX = 64 * 1024
ANOTHER = "ask for a new key, and send the certificate for it"


def read_settings_in_force(path: Path) -> DeviceSettings:
    """Return what `tallypost.toml` says, what was sent or drawn laid over it.

    Where it names no operator's key, nothing from afar is in force; where it allows no
    panel, nothing that was drawn.

    Args:
        path: The device's own file.

    Raises:
        SettingsError: Its own file cannot be accepted, or what was sent does not fit
            it: then the journal holds the place that is named.
    """
    table = read_table(path)
    settings = accept(path, table, DeviceSettings)
    drawn, sent = settings.panel.enabled, bool(settings.remote.operator_keys)
    if not (drawn or sent):
        return slowed(settings)
    journal = Journal(settings.remote.folder)
    for layer, number in journal.state().in_force.layers:
        if not (drawn if layer == "drawing" else sent):
            continue
        place = journal.place(layer, number).absolute()
        table = _laid_over(table, layer, place)
        try:
            settings = accept(path, table, DeviceSettings)
        except SettingsError as error:
            # What lies below is good by itself: the fault is in what was sent.
            raise SettingsError(str(place), error.faults) from error
    return slowed(settings)


def check_privacy(path: Path, settings: DeviceSettings, site: Site) -> None:
    """Refuse a site in force that is laxer than the device's own.

    It was not when it was sent or drawn: a card with a stricter one has come since.

    Args:
        path: The device's own `tallypost.toml`.
        settings: What is in force.
        site: The site in force.

    Raises:
        SettingsError: It is, in the name of the site in force; or the device's own
            cannot be accepted.
    """
    own = accept(path, read_table(path), DeviceSettings)
    if settings.site == own.site:
        return
    faults = list(privacy_faults(read_site(Path(own.site)).privacy, site.privacy))
    if faults:
        raise SettingsError(str(settings.site), faults)


def _laid_over(table: Table, layer: Layer, place: Path) -> Table:
    """Return a table with what was sent laid over it.

    Raises:
        SettingsError: What was sent cannot be read any more.
    """
    if layer == "identity":
        shown = {
            "key_file": place / KEY_FILE,
            "certificate_file": place / CERTIFICATE_FILE,
        }
        for path in shown.values():
            read_file(path, bytes_max=IDENTITY_BYTES_MAX, wish=ANOTHER)
        uplink = {key: str(path) for key, path in shown.items()}
        return merged(table, {"uplink": uplink})
    if not place.is_dir():
        raise SettingsError(str(place), ["is gone; send or draw it anew"])
    if (place / SETTINGS_FILE).exists():
        table = merged(table, read_table(place / SETTINGS_FILE))
    if (place / SITE_FILE).exists():
        table = table | {"site": str(place / SITE_FILE)}
    return table


def merged(own: Table, over: Table) -> Table:
    """Return a table with another laid over it: tables key by key, all else whole."""
    both = dict(own)
    for key, value in over.items():
        below = own.get(key)
        both[key] = (
            merged(below, value)
            if isinstance(below, dict) and isinstance(value, dict)
            else value
        )
    return both


def faults_of(
    path: Path,
    *,
    settings: str | None,
    site: str | None,
    classes: Sequence[str],
) -> list[str]:
    """Return everything that speaks against settings from afar.

    Args:
        path: The device's own `tallypost.toml`.
        settings: The part of it that is to be otherwise, as TOML; None for none.
        site: A whole `site.toml`; None for the device's own.
        classes: What the model tells.
    """
    faults: list[str] = []
    for name, text, judge in (
        (SETTINGS_FILE, settings, _settings_faults),
        (SITE_FILE, site, _site_faults),
    ):
        if text is None:
            continue
        try:
            table = parse_table(Path(name), text.encode())
            for fault in judge(path, table, classes):
                # One by one: those told before the last judge refuses count too.
                faults.append(f"{name}: {fault}")  # noqa: PERF401
        except SettingsError as error:
            faults += [f"{name}: {fault}" for fault in error.faults]
    return faults


def _settings_faults(
    path: Path, table: Table, _classes: Sequence[str]
) -> Iterator[str]:
    forbidden = (
        f"{key}: may not be set from afar, because {why}"
        for key in _keys(table)
        if (why := refusal(key)) is not None
    )
    yield from islice(forbidden, FAULTS_MAX)
    allowed, mine = _only_settable(table), read_table(path)
    wanted = accept(path, merged(mine, allowed), DeviceSettings)
    own = accept(path, mine, DeviceSettings)
    if wanted.interval_s < own.interval_s:
        yield (
            f"interval_s: {wanted.interval_s} is below {own.interval_s}; may be made "
            "longer from afar, never shorter: short intervals tell of single people"
        )


def _site_faults(path: Path, table: Table, classes: Sequence[str]) -> Iterator[str]:
    site = accept(Path(SITE_FILE), table, Site)
    yield from class_faults(site, classes)
    own = accept(path, read_table(path), DeviceSettings)
    yield from privacy_faults(read_site(Path(own.site)).privacy, site.privacy)


def privacy_faults(own: Privacy, wanted: Privacy) -> Iterator[str]:
    """Tell where a site from afar would tell smaller numbers than the device's own.

    Whoever put the device up agreed on that with the host, who need not know operators.
    """
    why = "may be made stricter from afar, never laxer than the device's own site"
    if PURPOSES.index(wanted.purpose) < PURPOSES.index(own.purpose):
        told = f'"{wanted.purpose}" tells more than "{own.purpose}"'
        yield f"privacy.purpose: {told}; {why}"
    order = list(K_BY_PROFILE)
    if order.index(wanted.profile) < order.index(own.profile):
        told = f'"{wanted.profile}" is laxer than "{own.profile}"'
        yield f"privacy.profile: {told}; {why}"
    elif wanted.k < own.k:
        yield f"privacy.k_min: {wanted.k} is below {own.k}; {why}"
    if own.epsilon_per_day is not None and (
        wanted.epsilon_per_day is None or wanted.epsilon_per_day > own.epsilon_per_day
    ):
        yield f"privacy.epsilon_per_day: is above {own.epsilon_per_day:g}; {why}"


def _keys(table: Mapping[str, object], path: str = "") -> Iterator[str]:
    """Yield the paths of all keys that hold a value."""
    for key, value in table.items():
        place = f"{path}.{key}" if path else key
        if isinstance(value, dict) and place.count(".") == 0 and value:
            yield from _keys(value, place)
        else:
            yield place


def _only_settable(table: Table) -> Table:
    """Return a table without what may not be set: that is a fault already."""
    kept: Table = {}
    for key, value in table.items():
        if isinstance(value, dict):
            inner = {
                each: told
                for each, told in value.items()
                if refusal(f"{key}.{each}") is None
            }
            kept |= {key: inner} if inner else {}
        elif refusal(key) is None:
            kept[key] = value
    return kept
