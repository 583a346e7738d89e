"""Web Push: messages to browsers of members (RFC 8030), encrypted (RFC 8291), signed (RFC 8292)."""
