"""Feeds parsers with what nobody should write."""
