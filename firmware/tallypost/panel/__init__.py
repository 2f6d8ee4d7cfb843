"""The page that somebody opens on a phone: a process that neither sees nor tells."""
