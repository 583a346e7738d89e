"""STUN and TURN as much as a probe needs of them (RFC 8489, RFC 8656)."""
