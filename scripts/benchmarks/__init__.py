"""Measures what docs/performance.md shows."""
