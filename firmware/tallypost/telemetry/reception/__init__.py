"""Answers somebody who stands at the device: a closed list of questions."""
