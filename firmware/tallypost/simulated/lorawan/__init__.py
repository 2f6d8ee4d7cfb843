"""An end device of LoRaWAN 1.0.4, the air, and a network that listens."""
