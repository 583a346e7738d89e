"""DRAWER: one file per role a process can play; each has `run(config)`."""
