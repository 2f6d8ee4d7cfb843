"""The page that a technician opens on a phone: a process that neither sees nor tells."""
