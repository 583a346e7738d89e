"""What telemetry takes on disk, how long it stays, and how it is given up or deleted."""
