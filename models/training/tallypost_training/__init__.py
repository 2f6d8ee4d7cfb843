"""Trains `models/tallypost-street-*`: from labelled pictures to `.tflite`."""
