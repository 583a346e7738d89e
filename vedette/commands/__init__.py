"""DRAWER: one file per command: `NAME`, `HELP`, `arguments(parser)` and `run(config, options)`.

`run` returns the exit status. A command that needs the metadata calls `django_setup.setup`.
A name with a space ("project create") is a subcommand.
"""
