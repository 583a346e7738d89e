"""A trace as a tree, from the spans and errors that came of it: pure logic.

Spans come from several services, in any order, sampled, with clocks that differ; `tree` puts
them in the order of a waterfall whatever is missing, `critical` finds what the whole waited for.
"""
