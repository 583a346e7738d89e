"""What results of probes mean, as pure logic: states, slots, guards, maintenance, uptime.

Nothing here reads a clock, a socket or a database. Times are seconds since 1970 unless a name
says otherwise. The prober plans with it, the worker judges with it, pages count with it.
"""
