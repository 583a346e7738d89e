"""HTTP to disk: answer fast, lose nothing."""
