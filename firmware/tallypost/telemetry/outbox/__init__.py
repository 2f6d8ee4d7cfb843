"""Keeps records through power cuts until an uplink has taken them."""
