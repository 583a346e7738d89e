"""JavaScript frames read through source maps: pure logic, without Django and without a network.

`addresses` says under which names a file may be filed, `maps` reads maps and keeps the hot ones,
`frames` applies them to an event, `verdicts` is what came of each frame.
"""
