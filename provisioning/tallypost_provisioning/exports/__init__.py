"""What other systems are told of a fleet: brokers, network servers, the public."""
