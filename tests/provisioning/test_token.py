"""A city whose keys never leave a token, here one of SoftHSM."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.provisioning.town import openssl, report, secret_file

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
PIN = "123456"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def module() -> str:
    pytest.importorskip("pkcs11", reason="needs python-pkcs11")
    found = [path for path in MODULES if Path(path).exists()]
    if not found or shutil.which("softhsm2-util") is None:
        pytest.skip("needs SoftHSM; apt install softhsm2")
    return found[0]


@pytest.fixture
def provision(tmp_path: Path) -> Run:
    """Return what runs a command, with a token of the test's own plugged in."""
    (tmp_path / "tokens").mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(
        f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n"
    )
    environment = {
        **os.environ,
        "SOFTHSM2_CONF": str(settings),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    made = ("--init-token", "--free", "--label", "city", "--so-pin", "12345678")
    subprocess.run(
        ["softhsm2-util", *made, "--pin", PIN],
        env=environment,
        check=True,
        capture_output=True,
    )
    files = (
        *("--passphrase-file", secret_file(tmp_path / "passphrase")),
        *("--pin-file", secret_file(tmp_path / "pin", PIN)),
    )

    def run(
        *words: object, file: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        last = files[:3] + ((file,) if file else files[3:])
        command = [sys.executable, "-m", "tallypost_provisioning.cli", *words, *last]
        done = subprocess.run(
            list(map(str, command)),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


@pytest.mark.slow
def test_a_token_signs_bundles_and_certificates(
    tmp_path: Path, provision: Run, module: str
) -> None:
    city, boot = tmp_path / "city", tmp_path / "boot"
    (boot / "tallypost").mkdir(parents=True)
    token = ("--pkcs11", module, "--token", "city")
    steps: list[tuple[object, ...]] = [
        ("init", city, *token),
        ("new", "--city", city),
        ("write", "tp-0001", "--boot", boot, "--city", city),
        ("verify", boot, "--city", city),
    ]
    for step in steps:
        done = provision(*step)
        assert done.returncode == 0, done.stderr
    (boot / "tallypost" / "device.json").write_bytes(report("tp-0001"))
    done = provision("enrol", "tp-0001", "--boot", boot, "--city", city)
    assert done.returncode == 0, done.stderr

    checked = openssl(
        *("verify", "-crl_check", "-CAfile", city / "ca.pem"),
        *("-CRLfile", city / "crl.pem", boot / "tallypost" / "certificate.pem"),
    )
    assert checked.returncode == 0, checked.stderr
    assert not list(city.glob("*.key"))
    again = provision("init", tmp_path / "other", *token)
    assert "has keys of a city already" in again.stderr
    assert not (tmp_path / "other").exists()


@pytest.mark.slow
def test_a_token_that_does_not_open_says_why(
    tmp_path: Path, provision: Run, module: str
) -> None:
    wrong = secret_file(tmp_path / "wrong", "999999")
    known = ("--pkcs11", module, "--token")

    pin = provision("init", tmp_path / "a", *known, "city", file=wrong)
    token = provision("init", tmp_path / "b", *known, "nowhere")
    library = provision("init", tmp_path / "c", "--pkcs11", "/no.so", "--token", "x")

    assert "token city: the PIN is wrong" in pin.stderr
    assert "token nowhere: is not there; plug it in" in token.stderr
    assert "token x: did not do it" in library.stderr
    assert not any((tmp_path / name).exists() for name in "abc")
