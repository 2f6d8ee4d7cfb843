"""Which channels a network leaves a device. Source: LoRaWAN RP002-1.0.4, 2.5.5."""

from tallypost.simulated.lorawan.regions import (
    NARROW_CHANNELS,
    SUB_BAND_CHANNELS,
    Channel,
    Region,
    is_fixed,
)

BANK = 16
NARROW = frozenset(range(NARROW_CHANNELS))
WIDE = range(NARROW_CHANNELS, NARROW_CHANNELS + SUB_BAND_CHANNELS)
WIDE_BANK, BY_SUB_BAND, ALL_NARROW, NO_NARROW = 4, 5, 6, 7


def _bits(mask: int, first: int, count: int = BANK) -> frozenset[int]:
    return frozenset(first + bit for bit in range(count) if mask >> bit & 1)


def masked(
    region: Region,
    channels: tuple[Channel, ...],
    enabled: frozenset[int],
    request: tuple[int, int],
) -> frozenset[int] | None:
    """Return the channels that are left; None where the request makes no sense.

    Args:
        region: Whose rules hold.
        channels: All that the device knows.
        enabled: The numbers of those in use.
        request: ChMask and ChMaskCntl.
    """
    mask, control = request
    known = frozenset(channel.number for channel in channels)
    if is_fixed(region):
        return _fixed(enabled, mask, control)
    if control == ALL_NARROW:
        return known
    chosen = _bits(mask, 0)
    return chosen if control == 0 and chosen and chosen <= known else None


def _fixed(enabled: frozenset[int], mask: int, control: int) -> frozenset[int] | None:
    if control <= WIDE_BANK:
        first = control * BANK
        return enabled - frozenset(range(first, first + BANK)) | _bits(
            mask, first, BANK if control < WIDE_BANK else 8
        )
    if control == BY_SUB_BAND:
        banks = _bits(mask, 0, SUB_BAND_CHANNELS)
        narrow = {number for number in NARROW if number // SUB_BAND_CHANNELS in banks}
        return frozenset(narrow | {WIDE[bank] for bank in banks})
    if control in {ALL_NARROW, NO_NARROW}:
        wide = _bits(mask, NARROW_CHANNELS, SUB_BAND_CHANNELS)
        return wide | NARROW if control == ALL_NARROW else wide
    return None


def adr_masks(region: Region, sub_band: int | None) -> tuple[tuple[int, int], ...]:
    """Return the masks by which a network names its channels to a device."""
    if sub_band is None or not is_fixed(region):
        return ((0xFF, ALL_NARROW),)  # the mask is of the wide ones, where any are
    bank, upper = divmod(sub_band - 1, 2)
    return (
        (1 << sub_band - 1, NO_NARROW),
        (0xFF << SUB_BAND_CHANNELS * upper, bank),
    )
