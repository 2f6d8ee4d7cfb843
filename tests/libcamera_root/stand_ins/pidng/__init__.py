"""Lets `import picamera2` pass; only writing raw pictures to disk would need it."""
