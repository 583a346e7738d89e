"""Status pages: what an organisation tells everybody, or whom it chooses, of how its services are.

Everything that is shown is rendered by a loop into rows, one for each address, so that a visit
reads one row whatever the page holds. Nothing of projects, targets or evidence is in them.
"""
