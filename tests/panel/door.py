"""A panel's folder, and the real panel that serves it."""

import datetime as dt
import hashlib
import http.client
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.system.house import wait_until

CODE = "ABCDE-23456"
COOKIE = "__Host-session"


def make_folder(folder: Path, code: str = CODE) -> Path:
    """Fill a folder as the first start does; return it."""
    folder.mkdir(exist_ok=True)
    salt = bytes(range(16))
    plain = code.replace("-", "")
    hashed = hashlib.scrypt(plain.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
    (folder / "code.json").write_text(
        json.dumps({"salt": salt.hex(), "hash": hashed.hex()}), "utf-8"
    )
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tp-test")])
    began = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + dt.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder


class Door:
    """A panel that runs, of a folder.

    Args:
        folder: As `make_folder` makes it.
        words: More of its command line.
    """

    def __init__(self, folder: Path, *words: str) -> None:
        self._log = folder / "log.txt"
        self._before = len(self.log) if self._log.exists() else 0
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tallypost", "panel"),
                    *("--folder", str(folder), "--address", "127.0.0.1:0", *words),
                ],
                stdout=log,
                stderr=log,
            )
        assert wait_until(lambda: self._told is not None, 30.0), self.log
        assert self._told is not None
        self.port = int(self._told)

    @property
    def _told(self) -> str | None:
        found = re.findall(r"addresses=127\.0\.0\.1:(\d+)", self.log[self._before :])
        return found[-1] if found else None

    @property
    def log(self) -> str:
        """What it has said so far."""
        return self._log.read_text("utf-8")

    def close(self) -> None:
        """End it."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
            self.process.wait(20.0)


class Phone:
    """A browser, as far as it matters: it keeps a cookie and the page's word.

    Args:
        port: Of the panel.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.cookie = ""
        self.csrf = ""

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Return a status, what was answered, and the answer's headers.

        Args:
            method: GET or POST.
            path: As in `/api/open`.
            body: Becomes JSON; bytes go as they are.
            headers: What is to be otherwise; None leaves one out.
        """
        connection = self.connect()
        sent = {"host": f"127.0.0.1:{self._port}", "cookie": self.cookie}
        if method == "POST":
            sent["x-tallypost"] = self.csrf
        told = {**sent, **(headers or {})}
        connection.putrequest(method, path, skip_host=True)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if body is not None:
            told["content-length"] = str(len(data))
        for name, value in told.items():
            if value:
                connection.putheader(name, value)
        connection.endheaders(data if body is not None else None)
        answer = connection.getresponse()
        raw = answer.read()
        found = {name.lower(): value for name, value in answer.getheaders()}
        connection.close()
        is_json = found.get("content-type", "").startswith("application/json")
        return answer.status, json.loads(raw) if is_json else raw, found

    def open(self, code: str = CODE) -> int:
        """Show a code; return the status."""
        status, told, headers = self.ask("POST", "/api/open", {"code": code})
        if status == 200:
            self.csrf = told["csrf"]
            self.cookie = headers["set-cookie"].partition(";")[0]
        return status

    def connect(self) -> http.client.HTTPSConnection:
        """Return a connection."""
        return http.client.HTTPSConnection(
            "127.0.0.1", self._port, timeout=20.0, context=trusting()
        )


class Stream:
    """What is told to one phone."""

    def __init__(self, phone: Phone) -> None:
        self._connection = phone.connect()
        self._connection.request("GET", "/api/events", headers={"cookie": phone.cookie})
        self.answer = self._connection.getresponse()

    def event(self, within_s: float = 20.0) -> tuple[str, str]:
        """Return the kind of the next event, and its data."""
        kind = ""
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            line = self.answer.readline().decode().strip()
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return kind, line.removeprefix("data: ")
        pytest.fail("nothing was told")

    def close(self) -> None:
        """Listen no more."""
        self.answer.close()
        self._connection.close()


def trusting() -> ssl.SSLContext:
    """Return what takes any certificate, as somebody does who has compared it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
