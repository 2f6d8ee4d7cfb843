"""Verifies the certificate by eyes that are not ours, and by our own."""

import base64
import json
from typing import Any

import cbor2
from cwt import COSE, COSEKey

from scripts.rehearsal.city import DEVICE, Places, say


def verified(places: Places) -> dict[str, Any]:
    """Return what the certificate says, signed by the key that the city believes.

    Raises:
        SystemExit: Another key has signed it.
        cwt.VerifyError: Nobody has signed it as it stands.
    """
    file = places.folder / "certificate.jsonl"
    shown = ("show", DEVICE, "--json", "--city", str(places.city))
    key = json.loads(say("tallypost_provisioning.cli", *shown))["signing_key"]
    message = base64.b64decode(json.loads(file.read_bytes())["cose"])
    named = cbor2.loads(cbor2.loads(message).value[0])[4]
    if named.hex() != key:
        raise SystemExit(f"{file}: is signed by {named.hex()}; the city knows {key}")
    public = bytes.fromhex(key)
    eddsa = COSEKey.new({1: 1, 3: -8, -1: 6, -2: public, 2: public})
    told: dict[str, Any] = json.loads(COSE.new().decode(message, eddsa))
    # 1: signed and whole, and not accepted; twelve taps prove nothing of a street.
    print(say("tallypost", "verify", str(file), "--key", key, ends_with=(0, 1)))
    return told
