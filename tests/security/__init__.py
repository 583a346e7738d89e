"""The attacks that others have suffered from."""
