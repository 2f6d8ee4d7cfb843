"""Letters for labels."""

import pytest

from tallypost.documents.drawing.font import Fonts


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    """Return the fonts of this machine."""
    found = Fonts()
    if not (found.regular.is_file() and found.bold.is_file()):
        pytest.skip("needs the package fonts-dejavu-core")
    return found
