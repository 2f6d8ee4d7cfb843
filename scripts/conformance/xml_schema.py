"""Documents of XML against a published XML Schema, by xmllint."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.conformance.published import Published
from scripts.conformance.verdict import Verdict

XMLLINT_FAULTY = 3
"""How xmllint ends where a document is XML, and not as the schema says."""
_FAULT = re.compile(
    r"^.*\.xml:\d+: (?:element \S+: )?Schemas validity error : (.*)$", re.MULTILINE
)
_VERSION = re.compile(r'<xs:schema [^>]*?\bversion="([^"]+)"')


def judged_xml(
    ours: str, documents: Iterable[str], published: Published, name: str
) -> Verdict:
    """Return what an XML Schema says of documents.

    Raises:
        NotPublishedError: The schema is not in the folder.
        OSError: xmllint is not installed.
        CalledProcessError: A schema cannot be read, or a document is no XML.
    """
    theirs = published.find(name)
    for imported in theirs.parent.glob("*.xsd"):
        published.used.add(imported)
    with TemporaryDirectory() as folder:
        paths = list(_written(documents, Path(folder)))
        done = subprocess.run(
            ["xmllint", "--noout", "--nonet", "--schema", theirs, *paths],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode not in {0, XMLLINT_FAULTY}:
        raise subprocess.CalledProcessError(
            done.returncode, "xmllint", stderr=done.stderr
        )
    version = _VERSION.search(theirs.read_text("utf-8"))
    return Verdict(
        ours=ours,
        theirs=published.named(theirs),
        version=version.group(1) if version else "",
        documents=len(paths),
        faults=Counter(_FAULT.findall(done.stderr)),
    )


def _written(documents: Iterable[str], folder: Path) -> Iterable[Path]:
    for number, text in enumerate(documents):
        path = folder / f"{number}.xml"
        path.write_text(text, "utf-8")
        yield path
