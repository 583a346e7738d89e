"""Everything out: telemetry with what was sent, issues, projects, keys and members, as files.

Read in portions, so that any amount takes the same memory. `vedette export --to` and the page of
explorations use it; what it writes `vedette import vedette` takes.
"""
