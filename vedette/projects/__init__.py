"""Projects and the keys their SDKs authenticate with."""
