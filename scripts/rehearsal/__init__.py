"""The technician's half hour, from a city without keys to a certificate."""
