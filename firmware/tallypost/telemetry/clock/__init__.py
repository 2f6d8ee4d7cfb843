"""What time it is, and what time it was: dates for what was counted without a clock."""
