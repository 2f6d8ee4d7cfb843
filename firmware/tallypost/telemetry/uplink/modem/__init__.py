"""LoRaWAN modems on a serial port: one seam, one module for each grammar."""
