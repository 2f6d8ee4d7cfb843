"""What a host must keep in writing about a device, from what really runs."""
