"""What runs at the city: receives the records of a fleet and shows them."""
