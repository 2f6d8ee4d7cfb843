"""Trains the detectors of `models/tallypost-street-*`, from labelled pictures to `.tflite`."""
