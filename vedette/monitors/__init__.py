"""Monitors as they are kept, what was judged of them, and what the prober is to look at.

What results mean is `vedette.uptime`'s to say, how one looks at a target `vedette.probing`'s.
"""
