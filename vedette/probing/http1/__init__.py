"""The HTTP/1.1 client of probes: one connection a request, every phase measured.

A name is resolved once and its addresses are judged, again at each redirect; headers, secrets and
bodies do not follow to another origin; head and body are bounded. `fetch` of `client.py` is the
way in.
"""
