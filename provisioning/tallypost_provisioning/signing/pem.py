"""Spells PEM. Source: RFC 7468, 2 "General Considerations"."""

import base64

_LINE = 64


def pem(label: str, content: bytes) -> bytes:
    """Return bytes between a head and a foot that say what they are."""
    text = base64.b64encode(content).decode()
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    head, foot = f"-----BEGIN {label}-----", f"-----END {label}-----"
    return "\n".join((head, *lines, foot, "")).encode()
