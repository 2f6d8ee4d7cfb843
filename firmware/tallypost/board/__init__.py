"""The board underneath: the one place that asks a clock."""
