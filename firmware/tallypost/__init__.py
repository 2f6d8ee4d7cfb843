"""Counts what passes a camera, forgets who it was, tells the city the numbers."""
