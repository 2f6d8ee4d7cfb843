"""Judges files of settings: what they are, what is wrong with them, what they hold."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tallypost.assembly.board import board
from tallypost.assembly.detector import model_of
from tallypost.assembly.ground import ground_faults
from tallypost.assembly.remote import operator_key
from tallypost.assembly.uplink import certificate_words, tls_words
from tallypost.errors import SettingsError, TallypostError
from tallypost.models.manifest import MANIFEST, Manifest
from tallypost.settings.base import Settings
from tallypost.settings.device import DetectorSettings, DeviceSettings
from tallypost.settings.lorawan import read_key
from tallypost.settings.reading import accept, read_site, read_table
from tallypost.settings.secret import read_secret
from tallypost.settings.site import Site, class_faults
from tallypost.settings.uplink import MqttSettings

RADIO_KEYS = (".app_key_file", ".nwk_skey_file", ".app_skey_file")
"""They stand in files as hexadecimal digits."""
DEVICE, SITE, MODEL = "device settings", "site", "model manifest"
_WORDS: Mapping[str, type[Settings]] = {
    DEVICE: DeviceSettings,
    SITE: Site,
    MODEL: Manifest,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be said about one file.

    Attributes:
        file: Its path.
        kind: What it was taken for.
        faults: One sentence for each; none: it is good.
        summary: What it holds, where it is good.
        notes: What it names and this machine does not have, and what is due soon: no
            fault of the file.
    """

    file: Path
    kind: str
    faults: tuple[str, ...] = ()
    summary: str = ""
    notes: tuple[str, ...] = ()


def kind_of(path: Path, table: Mapping[str, object]) -> str:
    """Return what a file is meant to be: by its keys, else by its name."""
    known = {
        kind: sum((each.alias or name) in table for name, each in fields.items())
        for kind, fields in ((kind, word.model_fields) for kind, word in _WORDS.items())
    }
    most = [kind for kind in _WORDS if known[kind] == max(known.values())]
    if len(most) == 1:
        return most[0]
    by_name = SITE if "site" in path.name.lower() else DEVICE
    return MODEL if path.name == MANIFEST else by_name


def judge_all(paths: Iterable[Path]) -> list[Verdict]:
    """Return what is to be said about files and the sites that they name, each once."""
    verdicts: dict[Path, Verdict] = {}
    for path in paths:
        for verdict in _judge(path):
            known = verdicts.setdefault(verdict.file.absolute(), verdict)
            if len(verdict.faults) > len(known.faults):
                # Beside its device, more can be said about a site than by itself.
                both = replace(verdict, file=known.file)
                verdicts[verdict.file.absolute()] = both
    return list(verdicts.values())


def _judge(path: Path) -> Iterator[Verdict]:
    table: dict[str, object] = {}
    try:
        table = read_table(path)
        found = accept(path, table, _WORDS[kind_of(path, table)])
    except SettingsError as error:
        kind = kind_of(path, table)
        yield Verdict(file=path, kind=kind, faults=error.faults)
        named = table.get("site", "site.toml")
        if kind == DEVICE and table and isinstance(named, str):
            yield _of_its_site(path.parent / named, None)
        return
    if isinstance(found, Site):
        yield _of_site(path, found)
    if isinstance(found, Manifest):
        yield _good_model(path, found)
    if isinstance(found, DeviceSettings):
        classes, notes = _classes(found.detector)
        yield _of_device(path, found, notes)
        yield _of_its_site(found.site, classes)


def _good_model(path: Path, manifest: Manifest) -> Verdict:
    told = ", ".join(dict.fromkeys(manifest.classes.values()))
    return Verdict(file=path, kind=MODEL, summary=f"{manifest.name}, tells {told}")


def _of_its_site(path: Path, classes: Sequence[str] | None) -> Verdict:
    """Judge a site beside its device; `classes` is None where they are not known."""
    try:
        site = read_site(path)
    except SettingsError as error:
        return Verdict(file=path, kind=SITE, faults=error.faults)
    faults = () if classes is None else tuple(class_faults(site, classes))
    verdict = _of_site(path, site)
    return replace(verdict, faults=verdict.faults + faults)


def _of_site(path: Path, site: Site) -> Verdict:
    summary = ", ".join(
        _count(len(drawn), kind.replace("_", " "))
        for kind, drawn in site.drawn().items()
        if drawn or kind in ("lines", "zones")
    )
    faults = tuple(ground_faults(site))
    return Verdict(file=path, kind=SITE, faults=faults, summary=summary)


def _of_device(path: Path, settings: DeviceSettings, notes: Sequence[str]) -> Verdict:
    faults: list[str] = []
    told = [*notes]
    for place, file in named_files(settings):
        if not file.exists():
            told.append(f"{place}: {file} is not on this machine")
            continue
        bad, soon = _words(place, file)
        faults += [f"{place}: {each}" for each in bad]
        told += [f"{place}: {each}" for each in soon]
    if not faults and isinstance(settings.uplink, MqttSettings):
        faults += _tls_faults(settings.uplink)
    interval = settings.interval_s
    return Verdict(
        file=path,
        kind=DEVICE,
        faults=tuple(faults),
        summary=f"a record every {interval} s, camera {settings.camera.kind}, "
        f"uplink {settings.uplink.kind}",
        notes=tuple(told),
    )


def named_files(settings: DeviceSettings) -> Iterator[tuple[str, Path]]:
    """Yield the files that settings name, each behind its key."""
    parts: dict[str, Settings] = {
        "camera": settings.camera,
        "uplink": settings.uplink,
    }
    if isinstance(settings.uplink, MqttSettings) and settings.uplink.proxy:
        parts["uplink.proxy"] = settings.uplink.proxy
    if settings.fallback_uplink is not None:
        parts["fallback_uplink"] = settings.fallback_uplink
    for number, file in enumerate(settings.remote.operator_keys):
        yield f"remote.operator_keys[{number}]", file
    for table, part in parts.items():
        for key, value in part:
            if isinstance(value, Path) and key.endswith("_file"):
                yield f"{table}.{key}", value


def _classes(
    detector: DetectorSettings,
) -> tuple[Sequence[str] | None, Sequence[str]]:
    """Return what a model tells, if it is at hand, and notes."""
    try:
        return model_of(detector).description.classes, ()
    except TallypostError as error:
        return None, (f"detector.model: {' '.join(str(error).split())}",)


def _words(place: str, file: Path) -> tuple[list[str], list[str]]:
    """Return what must be mended about a file that is there, and what is due soon."""
    if place.endswith(".certificate_file"):
        return certificate_words(file, board())
    if place.endswith(".password_file"):
        return _refusals(read_secret, file), []
    if place.endswith(RADIO_KEYS):
        return _refusals(read_key, file), []
    if place.startswith("remote.operator_keys"):
        return _refusals(operator_key, file), []
    return [], []


def _refusals(read: Callable[[Path], object], file: Path) -> list[str]:
    """Return why a file is not what it should be."""
    try:
        read(file)
    except SettingsError as error:
        return [f"{file} {fault}" for fault in error.faults]
    return []


def _tls_faults(uplink: MqttSettings) -> list[str]:
    """Return what is wrong with the files of TLS together, where all are at hand."""
    files = (uplink.ca_file, uplink.certificate_file, uplink.key_file)
    if not uplink.tls or not all(file.exists() for file in files if file is not None):
        return []
    return [f"uplink: {each}" for each in tls_words(uplink)]


def _count(number: int, nouns: str) -> str:
    noun = nouns.removesuffix("es" if nouns.endswith("ches") else "s")
    return f"{number} {noun if number == 1 else nouns}"
