"""Search text to a store query."""
