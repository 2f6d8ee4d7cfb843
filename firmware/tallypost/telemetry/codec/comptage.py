"""Lines as the French national schema of mobility counts asks for: three tables of CSV.

0 is "nobody passed", an empty count is "not counting".
Source: etalab/schema-comptage-mobilites-{site,channel,measure}.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote

from tallypost.domain.fields import instant_text
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.classes import COMPTAGE_MOBILITES
from tallypost.telemetry.codec.format import WATCHED_SHARE_MIN, Format
from tallypost.telemetry.codec.place import Place

MEASURE_COLUMNS = (
    "channel_id",
    "counter_id",
    "start_datetime",
    "end_datetime",
    "count",
)
CHANNEL_COLUMNS = (
    "channel_id",
    "channel_provider_id",
    "site_provider_id",
    "site_id",
    "mobility_type",
    "comment",
    "counter_transmission_type",
    "publication_transmission_type",
    "counter_type",
    "direction",
    "provider_direction_code",
    "provider_direction_name",
    "data_provider_name",
    "temporality",
    "started_at",
    "ended_at",
    "last_updated_at",
    "time_step",
    "provider_portal_url",
)
SITE_COLUMNS = (
    "site_id",
    "parent_site_id",
    "site_name",
    "fr_insee_code",
    "xlong",
    "ylat",
    "external_ids",
    "infrastructure_type",
)
UNDEFINED = "UNDEFINED"


class Channel(NamedTuple):
    """One direction of a line for one kind of road users: what the schema counts by."""

    device: str
    line: str
    direction: str
    mobility: str

    @property
    def id(self) -> str:
        """Its name, unique among all files."""
        mobility = self.mobility.replace(" ", "-")
        return ":".join(quote(each, safe="") for each in (*self[:-1], mobility))


def _second(utc_s: float) -> str:
    """Return a moment to the nearest second: a datetime of a Table Schema has no more.

    Where one interval ends and the next begins, both round to the same.
    """
    return instant_text(round(utc_s))


def _mobility(label: str) -> str:
    return COMPTAGE_MOBILITES.get(label, UNDEFINED)


class _Moment:
    """What one interval tells; a watch that was interrupted tells it in pieces."""

    def __init__(self, pieces: Sequence[KpiRecord], place: Place) -> None:
        first = pieces[0]
        self.start_utc_s = first.interval.start_utc_s
        self.duration_s = first.interval.duration_s
        self.counts: dict[Channel, int] = {}
        observed_s = sum(each.interval.quality.observed_s for each in pieces)
        self.whole = observed_s >= WATCHED_SHARE_MIN * self.duration_s
        for piece in pieces:
            for name, figures in piece.interval.lines.items():
                for label in place.line(name).counted(figures):
                    for way, counts in (
                        ("forward", figures.forward),
                        ("backward", figures.backward),
                    ):
                        channel = Channel(piece.device, name, way, _mobility(label))
                        self.counts.setdefault(channel, 0)
                        self.counts[channel] += counts.get(label, 0)


def _moments(
    records: Iterable[KpiRecord], place: Place
) -> Iterator[tuple[str, _Moment]]:
    """Yield the device and what it tells of each of its intervals."""
    for (device, *_), pieces in groupby(
        records,
        key=lambda each: (
            each.device,
            each.interval.start_utc_s,
            each.interval.duration_s,
        ),
    ):
        yield str(device), _Moment(list(pieces), place)


def _foretold(device: str, place: Place) -> Iterator[Channel]:
    """Yield the channels that a site names before anybody passed."""
    for name, line in place.lines.items():
        for label in line.classes or ():
            for way in ("forward", "backward"):
                yield Channel(device, name, way, _mobility(label))


def _measure(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    yield _row(MEASURE_COLUMNS)
    known: dict[str, dict[Channel, None]] = {}
    for device, moment in _moments(records, place):
        channels = known.setdefault(device, dict.fromkeys(_foretold(device, place)))
        channels.update(dict.fromkeys(moment.counts))
        for channel in channels:
            counted = moment.whole and channel in moment.counts
            yield _row(
                (
                    channel.id,
                    device,
                    _second(moment.start_utc_s),
                    _second(moment.start_utc_s + moment.duration_s),
                    str(moment.counts[channel]) if counted else "",
                )
            )


def _channel(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    yield _row(CHANNEL_COLUMNS)
    known: dict[Channel, None] = {}
    for device, moment in _moments(records, place):
        for channel in (*_foretold(device, place), *moment.counts):
            if channel in known:
                continue
            known[channel] = None
            heading = place.line(channel.line).towards(
                forward=channel.direction == "forward"
            )
            yield _table_row(
                CHANNEL_COLUMNS,
                {
                    "channel_id": channel.id,
                    "site_id": device,
                    "mobility_type": channel.mobility,
                    "counter_transmission_type": "REMOTE TRANSMISSION",
                    "counter_type": "VIDEO SENSOR",
                    "direction": heading or "",
                    "provider_direction_code": channel.direction,
                    "temporality": "PERMANENT",
                    "started_at": _second(moment.start_utc_s),
                    "time_step": f"{moment.duration_s:g}",
                },
            )


def _site(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    assert place.location is not None, "the schema wants a location"
    yield _row(SITE_COLUMNS)
    for device in dict.fromkeys(each.device for each in records):
        yield _table_row(
            SITE_COLUMNS,
            {
                "site_id": device,
                "site_name": place.name or device,
                "fr_insee_code": place.location.insee_code or "",
                "xlong": f"{place.location.longitude_deg:.5f}",
                "ylat": f"{place.location.latitude_deg:.5f}",
            },
        )


def _table_row(columns: Sequence[str], cells: Mapping[str, str]) -> str:
    return _row([cells.get(column, "") for column in columns])


def _row(cells: Sequence[str]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


MEASURE = Format(
    told="France, how many passed: a row an interval and channel", convert=_measure
)
CHANNEL = Format(told="France, what each channel counts", convert=_channel)
SITE = Format(told="France, where it is", convert=_site, needs_location=True)
