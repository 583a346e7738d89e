"""Probes: what they see of real servers on loopback, and how it is judged."""
