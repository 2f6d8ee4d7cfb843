"""What a device reports of what was sent to it."""

from pathlib import Path

from tallypost.assembly.settlement import JournalSettlement
from tallypost.domain.desired import Standing
from tallypost.settings.journal import Journal
from tallypost.settings.reading import read_device_settings

SETTINGS = '[uplink]\nkind = "mqtt"\nhost = "broker"\n[remote]\nfolder = "remote"\n'


def test_a_certificate_that_was_taken_back_is_reported_with_the_reason(
    tmp_path: Path,
) -> None:
    file = tmp_path / "tallypost.toml"
    file.write_text(SETTINGS)
    settlement = JournalSettlement(
        file,
        read_device_settings(file),
        device="tp-1",
        site="sha256:0",
        classes=(),
        renew=lambda: None,
    )
    assert settlement.reported().identity_state is None

    settlement.adopt_identity(b"key", b"certificate")
    tried = settlement.reported()
    assert (tried.identity, tried.identity_state) == (1, Standing.TRIAL)

    Journal(tmp_path / "remote").roll_back(["did not deliver"])
    told = settlement.reported()
    assert (told.identity, told.identity_state) == (None, Standing.ROLLED_BACK)
    assert told.identity_fault == "did not deliver"
    assert told.standing is Standing.LOCAL
