"""From records to a few bytes for a radio, and back: `compact_v1`."""
