"""Certificates made for one test by openssl, good ones and bad ones."""

import subprocess
from pathlib import Path


class Authority:
    """Signs certificates for servers and clients.

    Args:
        folder: Where all its files lie.
        name: What it calls itself.
    """

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.file = folder / f"{name}.pem"
        self._key = folder / f"{name}.key"
        self._openssl(
            "req", "-x509", *NEW_KEY, "-nodes", "-subj", f"/CN={name}",
            "-days", "10", "-keyout", self._key, "-out", self.file,
        )  # fmt: skip

    def revoke(self, *certificates: Path) -> Path:
        """Take certificates back; return the list of all that were (a CRL)."""
        settings = self._settings()
        for certificate in certificates:
            self._openssl(
                "ca", "-config", settings, *self._signer, "-revoke", certificate
            )
        revoked = self._folder / "revoked.pem"
        self._openssl(
            "ca", "-config", settings, *self._signer, "-gencrl", "-out", revoked,
            "-crldays", "9",
        )  # fmt: skip
        return revoked

    def issue(
        self,
        name: str,
        *,
        hosts: str = "DNS:localhost,IP:127.0.0.1",
        days: tuple[int, int] = (-1, 9),
    ) -> tuple[Path, Path]:
        """Return a certificate and its key.

        Args:
            name: Of the files and of the subject.
            hosts: What the certificate is for.
            days: From when until when it is valid, counted from today.
        """
        request, key = self._folder / f"{name}.csr", self._folder / f"{name}.key"
        certificate = self._folder / f"{name}.pem"
        extensions = self._folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={hosts}\n")
        self._openssl(
            "req", *NEW_KEY, "-nodes", "-subj", f"/CN={name}",
            "-keyout", key, "-out", request,
        )  # fmt: skip
        begin, end = (_stamp(day) for day in days)
        self._openssl(
            "ca", "-batch", "-config", self._settings(), "-in", request,
            "-out", certificate, *self._signer, "-extfile", extensions,
            "-startdate", begin, "-enddate", end, "-notext",
        )  # fmt: skip
        return certificate, key

    @property
    def _signer(self) -> tuple[str | Path, ...]:
        return "-cert", self.file, "-keyfile", self._key

    def _settings(self) -> Path:
        """Return the settings of `openssl ca`, and begin its index if there is none."""
        index = self._folder / "index.txt"
        if not index.exists():
            index.write_text("")
            index.with_name("index.txt.attr").write_text("unique_subject = no\n")
        settings = self._folder / "ca.cnf"
        settings.write_text(
            "[ca]\ndefault_ca=us\n[us]\n"
            f"database={index}\nnew_certs_dir={self._folder}\n"
            f"rand_serial=yes\npolicy=any\ndefault_md=sha256\n[any]\ncommonName=supplied\n"
        )
        return settings

    def sign(self, request: str) -> str:
        """Return the certificate that somebody asks for, in PEM."""
        asked = self._folder / "asked.csr"
        asked.write_text(request)
        signed = self._folder / "asked.pem"
        self._openssl(
            "x509", "-req", "-in", asked, "-CA", self.file, "-CAkey", self._key,
            "-CAcreateserial", "-days", "9", "-out", signed,
        )  # fmt: skip
        return signed.read_text()

    def _openssl(self, *arguments: str | Path) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")


def _stamp(days: int) -> str:
    done = subprocess.run(
        ["date", "-u", "-d", f"{days} days", "+%Y%m%d%H%M%SZ"],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()
