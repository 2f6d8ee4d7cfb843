"""From settings to a house: the only room that knows every back-end."""
