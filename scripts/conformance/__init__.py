"""Holds what we write against the schemas that others published."""
