"""Tests under a kernel of another processor, in an emulated machine."""
