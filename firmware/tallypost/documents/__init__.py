"""What others read about our words, made from the words themselves."""
