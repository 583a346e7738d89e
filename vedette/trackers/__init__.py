"""Issues of other systems: opened there from an issue or an alert, linked, and kept in step."""
