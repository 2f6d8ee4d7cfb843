"""What was proved of a device so far, and of nothing but what counts there now."""

from tallypost.acceptance.answers import Answer, certificate
from tallypost.acceptance.certificate import Certificate, read_certificate
from tallypost.acceptance.keeping import CERTIFICATE, Keeping
from tallypost.acceptance.surroundings import Surroundings
from tallypost.domain.document import to_document
from tallypost.errors import AcceptanceError, RecordError


class Proof:
    """Knows what was proved; any thread may ask.

    Args:
        around: What it is put into.
        keeping: Where results and certificates are kept.
    """

    def __init__(self, around: Surroundings, keeping: Keeping) -> None:
        self._around = around
        self._keeping = keeping

    def certificate(self) -> Certificate:
        """Return the newest certificate.

        Raises:
            AcceptanceError: There is none that can be read, or it is not of what this
                device counts with now.
        """
        made = stored_certificate(self._keeping)
        if not self._is_of_now(made.firmware, made.model, made.site):
            raise AcceptanceError(
                f"{CERTIFICATE}: is of another firmware, model or site; accept the "
                "device anew"
            )
        return made

    def proved(self) -> Answer:
        """Return what was proved of what counts now, for whoever looks."""
        return {
            "accuracy": self._accuracies(),
            "privacy_test": self._privacy_test(),
            "certificate": self._newest(),
        }

    def _privacy_test(self) -> Answer | None:
        report = self._around.privacy_test()
        if report is None or not self._is_of_now(
            report.firmware, report.model, report.site
        ):
            return None
        return {"passed": report.passed, "when_utc_s": report.when_utc_s}

    def _is_of_now(
        self, firmware: str | None, model: str | None, site: str | None
    ) -> bool:
        now = self._around.health()
        return (firmware, model, site) == (now.firmware, now.model, now.site)

    def _accuracies(self) -> list[Answer]:
        try:
            kept = self._keeping.of(self._around.site, self._around.model)
        except AcceptanceError:
            return []
        return [
            {"line": line, "class": name, **to_document(found)}
            for line, classes in kept.accuracy.items()
            for name, found in classes.items()
        ]

    def _newest(self) -> Answer | None:
        try:
            made = self.certificate()
        except AcceptanceError:
            return None
        told = certificate(made)
        return {key: told[key] for key in ("when_utc_s", "name", "passed")}


def stored_certificate(keeping: Keeping) -> Certificate:
    """Return the newest certificate of a device.

    Raises:
        AcceptanceError: There is none that can be read.
    """
    line = keeping.certificate()
    if line is None:
        raise AcceptanceError(
            f"{keeping.folder / CERTIFICATE}: there is none yet; accept the device at "
            "its panel first"
        )
    try:
        return read_certificate(line)
    except RecordError as error:
        raise AcceptanceError(
            f"{keeping.folder / CERTIFICATE}: {error}; accept the device anew"
        ) from error
