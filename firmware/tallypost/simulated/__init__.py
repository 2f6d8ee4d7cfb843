"""LoRaWAN without hardware: a modem, the air and a network, for anyone to try."""
