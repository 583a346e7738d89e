"""Whether a series changed, and what sets some apart from the rest: by stated tests, as pure logic.

`change` finds since when something is slower, `contrast` what the slow have in common. Knows
nothing of stores, spans or Django.
"""
