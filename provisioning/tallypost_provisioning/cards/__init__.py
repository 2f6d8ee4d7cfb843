"""Puts bundles where a device looks for them: a mounted card, or an image of one."""
