"""Lets the detector rest while nothing moves."""
