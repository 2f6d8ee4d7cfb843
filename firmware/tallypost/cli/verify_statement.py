"""Tells whether a statement is its device's word, and what it says."""

from collections.abc import Collection, Mapping

import click

from tallypost.errors import RecordError
from tallypost.telemetry.codec.signed import key_id
from tallypost.telemetry.codec.statement import Kind, Statement, read_statement

_CALLED = {
    Kind.PRIVACY_TEST: "privacy test",
    Kind.ACCEPTANCE: "acceptance",
}


def weigh(line: bytes, place: str, keys: Collection[bytes]) -> bool:
    """Say what a statement tells; return whether it is believed and tells of a pass.

    Args:
        line: It, whoever wrote it.
        place: Where it stands, for a message.
        keys: The public keys that are believed, 32 bytes each.
    """
    try:
        statement = read_statement(line)
    except RecordError as error:
        click.echo(f"tallypost: {place}: {error}", err=True)
        return False
    signer = key_id(statement.public_key)
    if statement.public_key not in keys:
        click.echo(
            f"tallypost: {place}: is signed by the key {signer}, which is none that "
            "you believe",
            err=True,
        )
        return False
    passed = statement.told.get("passed") is True
    when = statement.told.get("signed") or "nobody knew when"
    outcome = "passed" if passed else "NOT PASSED"
    called = _CALLED[statement.kind]
    click.echo(f"{statement.device!a}, key {signer}, {called} of {when!a}: {outcome}")
    if statement.kind is Kind.ACCEPTANCE:
        return _tell_acceptance(line, place) and passed
    _tell_privacy_test(statement)
    return passed


def _tell_acceptance(line: bytes, place: str) -> bool:
    """Say what was found of a device; return whether all of it can be read."""
    from tallypost.acceptance.certificate import read_certificate

    try:
        certificate = read_certificate(line)
    except RecordError as error:
        click.echo(f"tallypost: {place}: {error}", err=True)
        return False
    for claim in ("technician", "remarks", "firmware", "model", "site"):
        click.echo(f"  {claim}: {getattr(certificate, claim)!a}")
    for check in certificate.checks:
        word = {True: "good", False: "NOT GOOD", None: "not known"}[check.passed]
        click.echo(f"  {check.name!a}: {word} {check.value!a}")
    for name, classes in certificate.accuracy.items():
        for class_name, found in classes.items():
            proven = "proven" if found.equivalent else "NOT PROVEN"
            click.echo(
                f"  line {name!a}, {class_name!a}: {found.taps} taps, error "
                f"{found.error:+.1%}, within {found.margin:.0%}: {proven}"
            )
    return True


def _tell_privacy_test(statement: Statement) -> None:
    told = statement.told
    for claim in ("firmware", "model", "site", "camera", "kernel", "frames"):
        click.echo(f"  {claim}: {told.get(claim)!a}")
    searched, ways = _listed(told, "searched"), _listed(told, "ways_out")
    leaked = [each.get("canary_bytes") for each in searched]
    click.echo(f"  canary bytes in {len(searched)} places: {leaked!a}")
    refused = sum(each.get("answered") == each.get("wanted") for each in ways)
    click.echo(f"  ways out: {len(ways)} tried, {refused} refused")
    faults = told.get("faults")
    for fault in faults if isinstance(faults, list) else []:
        click.echo(f"  fault: {fault!a}")


def _listed(told: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    """Return the objects of a list; whoever holds the key may have signed anything."""
    found = told.get(key)
    listed = found if isinstance(found, list) else []
    return [each for each in listed if isinstance(each, Mapping)]
