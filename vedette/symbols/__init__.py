"""Frames of native and JVM programs through uploaded debug files, as pure logic.

Nothing here knows the pipeline, the metadata or Django; blobs are read through a folder.
"""
