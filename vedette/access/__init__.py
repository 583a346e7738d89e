"""Access control: what a person or a token may do, where, and which telemetry they may see.

One `Access` serves pages and API alike. This package alone grants `VisibleProjects` to anybody
outside the system; a route names the `Action` it needs, and nothing else decides.
"""
