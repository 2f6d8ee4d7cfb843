"""Starts both halves and watches them."""
