"""Issues: events grouped by cause, their state and how they are read."""
