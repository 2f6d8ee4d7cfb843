"""What a site is made of: each element watches, and gathers its own figures."""
