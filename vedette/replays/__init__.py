"""Session replays as pages and the API read them: lists, one replay, its segments.

Everything is asked within what may be seen. What a segment is, `vedette.items._replays` says.
"""
