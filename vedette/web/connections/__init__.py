"""The pages of a family of connections, made from its declaration (`vedette.connections`).

A page of the drawer declares a `ConnectionPages` (`pages`) and says in templates that extend
`connections/list.html` and `connections/edit.html` what is particular to the family.
"""
