"""What becomes of what lies on a device's boot partition, in one word each."""

from enum import StrEnum


class Verdict(StrEnum):
    """What a first start ends with; docs/first-start.md lists what a light shows."""

    BEGUN = "begun"
    TAKEN = "taken"
    CERTIFIED = "certified"
    NOTHING_NEW = "nothing_new"
    REFUSED_NO_BUNDLE = "refused_no_bundle"
    REFUSED_UNREADABLE = "refused_unreadable"
    REFUSED_SIGNATURE = "refused_signature"
    REFUSED_DEVICE = "refused_device"
    REFUSED_SETTINGS = "refused_settings"
    REFUSED_OLDER = "refused_older"
    REFUSED_DISK = "refused_disk"
    REFUSED_BOOT = "refused_boot"
    REFUSED_CERTIFICATE = "refused_certificate"

    @property
    def refused(self) -> bool:
        """Whether a person must mend something."""
        return self in _BLINKS

    @property
    def blinks(self) -> int:
        """How many short flashes follow a long one; 0: a light has nothing to say."""
        return _BLINKS.get(self, 0)


_BLINKS = {
    Verdict.REFUSED_NO_BUNDLE: 2,
    Verdict.REFUSED_UNREADABLE: 2,
    Verdict.REFUSED_SIGNATURE: 3,
    Verdict.REFUSED_DEVICE: 4,
    Verdict.REFUSED_SETTINGS: 5,
    Verdict.REFUSED_OLDER: 6,
    Verdict.REFUSED_DISK: 7,
    Verdict.REFUSED_BOOT: 7,
    Verdict.REFUSED_CERTIFICATE: 8,
}
