"""From events to the figures of an interval."""
