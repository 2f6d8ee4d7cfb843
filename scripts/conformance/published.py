"""A folder of files that others published, and where each of them came from."""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

Document = dict[str, Any]
SOURCES = "sources.json"


class NotPublishedError(Exception):
    """A file that a check needs is not in the folder."""


class Published:
    """Finds published files and resolves what they refer to, without a network.

    Args:
        folder: Where they lie, in any depth. `sources.json` in it says of each, by its
            path, where it came from.

    Raises:
        NotPublishedError: There is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise NotPublishedError(f"{folder}: is no folder of published files")
        self._folder = folder
        self._paths = sorted(path for path in folder.rglob("*") if path.is_file())
        sources = folder / SOURCES
        self._sources: dict[str, str] = (
            json.loads(sources.read_text("utf-8")) if sources.is_file() else {}
        )
        self.used: set[Path] = set()
        self.registry: Registry[Any] = Registry(retrieve=self._retrieve)  # type: ignore[call-arg]

    def find(self, *names: str) -> Path:
        """Return the file whose path ends with the first of these that there is.

        Raises:
            NotPublishedError: None is there, or one name fits several files.
        """
        for name in names:
            steps = Path(name).parts
            found = [path for path in self._paths if path.parts[-len(steps) :] == steps]
            if len(found) > 1:
                told = ", ".join(map(self.named, found))
                raise NotPublishedError(f"{name}: may be any of {told}")
            if found:
                self.used.add(found[0])
                return found[0]
        raise NotPublishedError(f"{' or '.join(names)}: is not in {self._folder}")

    def schema(self, *names: str) -> Document:
        """Return the JSON Schema that a file holds: JSON, or YAML under one name.

        Raises:
            NotPublishedError: As `find` says.
        """
        path = self.find(*names)
        text = path.read_text("utf-8")
        if path.suffix != ".yaml":
            return dict(json.loads(text))
        [schema] = yaml.safe_load(text).values()
        return dict(schema)

    def named(self, path: Path) -> str:
        """Return a file's path inside the folder."""
        return path.relative_to(self._folder).as_posix()

    def origin(self, path: Path) -> str:
        """Return where a file came from: repository and commit, or package."""
        return self._sources.get(self.named(path), "nobody said")

    def _retrieve(self, address: str) -> Resource[Any]:
        """Return what stands at an address: the file of the same name."""
        name = address.partition("#")[0].rpartition("/")[2]
        return Resource.from_contents(self.schema(name), DRAFT202012)


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
