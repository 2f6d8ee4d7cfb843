"""Counts people in real footage; shows what a real broker delivers."""
