"""The device's settings as a bundle brings them: the old ones or the new ones, whole.

    settings -> settings-4-0f3a91c2     in force: a link, put in place of another
    settings-4-0f3a91c2/tallypost.toml  never changed
                        site.toml
                        files/          as they came, and the device's certificate
                        secrets/        for the owner alone, and the device's key

They are called by the bundle's counter and by what tells it from others.
"""

from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree

from tallypost.commissioning.base import ClientFiles
from tallypost.domain.bundle import Bundle
from tallypost.durable import (
    NEW,
    make_folder_durably,
    sync_folder,
    write_durably,
    write_folder_durably,
)

SETTINGS = "settings"
SETTINGS_FILE, SITE_FILE = "tallypost.toml", "site.toml"
FILES, SECRETS = "files", "secrets"
UNDRAWN = """\
# Nothing is drawn yet: this line stands across the middle until somebody draws, so that
# the device runs and can be aimed.
[[lines]]
name = "undrawn"
start = [0.05, 0.5]
end = [0.95, 0.5]
"""


class SettingsTree:
    """The folders of settings on a device.

    Args:
        folder: The device's own.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.in_force = folder / SETTINGS

    def place(self, bundle: Bundle, digest: str) -> Path:
        """Return the folder of a bundle's settings."""
        return self._folder / f"{SETTINGS}-{bundle.counter}-{digest[:8]}"

    def stage(self, bundle: Bundle, digest: str) -> Path:
        """Put a bundle's settings beside those in force, unless they are; return where.

        Where the bundle draws nothing, what was drawn before is kept.

        Raises:
            OSError: The disk refuses.
        """
        place = self.place(bundle, digest)
        if place == self.in_force.resolve():
            return place
        fresh = place.with_name(place.name + NEW)
        for old in (fresh, place):
            rmtree(old, ignore_errors=True)
        make_folder_durably(self._folder)
        fresh.mkdir(mode=0o700)
        write_folder_durably(fresh / FILES, _encoded(bundle.files))
        write_folder_durably(fresh / SECRETS, _encoded(bundle.secrets))
        write_durably(fresh / SITE_FILE, self._site(bundle.site))
        write_durably(fresh / SETTINGS_FILE, bundle.settings.encode())
        fresh.replace(place)
        sync_folder(self._folder)
        return place

    def carry_over(self, place: Path, client: ClientFiles) -> None:
        """Have the device keep its own key and certificate beside newer settings.

        Args:
            place: The newer settings.
            client: Where they want both; what a bundle brought is left as it is.

        Raises:
            OSError: The disk refuses.
        """
        for new in (client.certificate, client.key):
            if place not in new.parents or new.exists():
                continue
            old = self.in_force / new.relative_to(place)
            if old.is_file():
                make_folder_durably(new.parent)
                write_durably(new, old.read_bytes())

    def put_in_force(self, place: Path) -> None:
        """Have the link name other settings.

        Raises:
            OSError: The disk refuses; the old ones are in force.
        """
        fresh = self.in_force.with_name(SETTINGS + NEW)
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(place.name)
        fresh.replace(self.in_force)
        sync_folder(self._folder)

    def sweep(self) -> None:
        """Remove settings that are not in force: old ones, and refused ones."""
        kept = self.in_force.resolve()
        for each in self._folder.glob(f"{SETTINGS}-*"):
            if each != kept and each.resolve() != kept:
                rmtree(each, ignore_errors=True)

    def _site(self, site: str | None) -> bytes:
        if site is not None:
            return site.encode()
        drawn = self.in_force / SITE_FILE
        return drawn.read_bytes() if drawn.is_file() else UNDRAWN.encode()


def _encoded(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in texts.items()}
