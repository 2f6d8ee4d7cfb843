"""What a box does at its first start, with what lies on its boot partition."""
