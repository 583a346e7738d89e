"""Alert rules as pure logic: what they say, what of telemetry they count, when they fire.

No Django and no store: digesters count with it, the worker decides with it, and the back-test
runs the same code over what is stored. Drawers: `measures/`, `sources/`.
"""
