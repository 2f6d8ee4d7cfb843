"""Detectors as files: what they are, where they come from, how they fare."""
