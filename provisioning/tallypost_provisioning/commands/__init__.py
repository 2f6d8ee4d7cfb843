"""What a person at the workstation can ask for, one module a word."""
