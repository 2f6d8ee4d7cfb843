"""Makes records small for the card: deflated, with the words of the schema known.

```
packed = version (1 byte) | raw deflate (RFC 1951), primed with the version's dictionary

version 1   of the payload, with _WORDS
version 2   of the payload as `folding` folds it, with _WORDS folded likewise
```

What cannot be folded is packed as version 1. Dictionary and folding belong to the
version: they never change, or nothing that was stored could be read.
"""

import zlib
from contextlib import suppress

from tallypost.errors import RecordError
from tallypost.telemetry.outbox.folding import fold, unfold

PAYLOAD_BYTES_MAX = 2**20
"""Whatever unpacks to more was not packed by us."""
_PLAIN, _FOLDED = b"\x01", b"\x02"
_RAW = -zlib.MAX_WBITS
_LEVEL = 9
# The most common words come last: what is near costs fewer bits.
_WORDS = (
    b'"conflicts":{"heat_maps":{"wrong_ways":{"stops":{"intrusions":{"crowds":{'
    b'"movements":{"approaches":{"queues":{"car_parks":{"zones":{"lines":{'
    b'"crossing","entrance","platform","pavement","cycleway","gate",'
    b'"spaces":"occupied":"free":"unknown":"arrivals":"departures":"turnover":'
    b'"parked_s_mean":"parked_s_max":"length_mean":"length_max":"waiting_s_mean":'
    b'"level_of_service":"A","B","C","D","E","F","density_per_m2_mean":'
    b'"density_per_m2_max":"speed_kmh_mean":"trips":"dwell_s_mean":"dwell_s_max":'
    b'"modal_split":{"count":,"walking":0.,"cycling":0.,"private_motor":0.,'
    b'"public_transport":0.,"goods":0.,"other":0.},'
    b'"headways":{"forward":{"count":,"mean_s":,"p15_s":,"p50_s":,"p85_s":},'
    b'"speeds":{"forward":{"car":{"count":,"p15_kmh":,"p50_kmh":,"p85_kmh":,'
    b'"error_kmh":,"implausible":0},"observed_s":60.0,"first_seq":'
    b'"occupancy_mean":{"person":0.0},"occupancy_max":{"person":},'
    b'"entries":{"person":},"exits":{"person":}},'
    b'"actual":{"forward":{"car":,"backward":{"car":,'
    b'"motorcycle":,"truck":,"bus":,"bicycle":,"person":,"car":,'
    b'"backward":{},"total":{"forward":{},"backward":{}}},'
    b'"light":"night","light":"dusk","light":"day","camera_moved":true,'
    b'"camera_moved":false,"camera_blinded_s":0.0,"camera_covered_s":0.0,'
    b'"camera_dark_s":0.0,"camera_defocused_s":0.0,"camera_dirty":false,'
    b'"privacy_epsilon_per_day":,"dated":"reckoned","dated":"later",'
    b'"clock":"unsynced","clock":"holdover",'
    b'{"schema":"tallypost.kpi/1","device":"tp-","seq":,"start":"2026-'
    b'T00:00:00Z","duration_s":60.0,"lines":{},"zones":{},'
    b'"quality":{"observed_s":59.9,"frames":600,"frames_dropped":0,'
    b'"frames_rested":0,"frame_lifetime_ms_p99":41.0,"clock":"synced",'
    b'"clock_uncertainty_s":0.0,"model":"sha256:","site":"sha256:",'
    b'"firmware":"0.1.0"}}'
)

DICTIONARIES = {_PLAIN: _WORDS, _FOLDED: fold(_WORDS)}
"""What each version takes for said already."""


def pack(payload: bytes) -> bytes:
    """Return a payload as it lies on the card."""
    folded = fold(payload)
    with suppress(RecordError):
        if len(folded) <= PAYLOAD_BYTES_MAX and unfold(folded) == payload:
            return _deflated(folded, _FOLDED)
    return _deflated(payload, _PLAIN)


def unpack(packed: bytes) -> bytes:
    """Return the payload that `pack` made small, in this version or one before.

    Raises:
        RecordError: It did not: torn, too large, or of a version of tomorrow.
    """
    version = packed[:1]
    if version not in DICTIONARIES:
        raise RecordError("record: is packed in a way that this tallypost cannot read")
    inflate = zlib.decompressobj(_RAW, zdict=DICTIONARIES[version])
    try:
        payload = inflate.decompress(packed[1:], PAYLOAD_BYTES_MAX)
    except zlib.error as error:
        raise RecordError(f"record: is torn on the disk ({error})") from None
    if inflate.eof and version == _FOLDED:
        payload = unfold(payload)
    if not inflate.eof or len(payload) > PAYLOAD_BYTES_MAX:
        raise RecordError("record: is torn on the disk, or larger than any of ours")
    return payload


def _deflated(text: bytes, version: bytes) -> bytes:
    words = DICTIONARIES[version]
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zdict=words)
    return version + deflate.compress(text) + deflate.flush()
