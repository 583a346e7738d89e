"""Performance problems found in the spans of one segment, as pure logic.

`vedette.detecting` reads whole segments from the store and calls `detection.detect` with what
the project has chosen; what is found becomes an event of a category of its own. The drawer
`detectors/` holds one file per kind of problem. Knows nothing of the store or of Django.
"""
