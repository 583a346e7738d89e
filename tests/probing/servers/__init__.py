"""Real servers on loopback with the faults that probes have to tell apart."""
