"""Fetches the packets of a camera on the network, and cannot see what is on them."""
