"""Pictures of the panel's screens, for handbooks."""
