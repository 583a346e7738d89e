"""Recordings of session replays, as pure logic: what is packed in one, and what happened in it.

Called by the item kinds that bring recordings. Source: protocol, section 3.11.
"""
