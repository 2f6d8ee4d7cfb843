"""What a city signs with: its authority's key and its operator's, wherever they are."""
