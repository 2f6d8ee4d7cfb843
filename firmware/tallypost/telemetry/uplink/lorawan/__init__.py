"""Records over LoRaWAN: few bytes, little airtime, and no answer to most of them."""
