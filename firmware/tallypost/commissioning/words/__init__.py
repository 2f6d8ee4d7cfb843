"""What RESULT.txt says, in the languages of those who stand there."""
