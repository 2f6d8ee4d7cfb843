"""Locks the half that sees in: from the first frame on the kernel lets nothing out."""
