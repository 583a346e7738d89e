"""Requests that are nearly right: what they are made of, and what is looked at afterwards.

`benchmarks.mutated` puts it together: good requests to every route as found (`targets`), changed
in a few places (`changes`, `bodies`), sent by everybody (`people`) on real connections (`wire`).
"""
