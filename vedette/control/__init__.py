"""What people have set, of an installation, an organisation, a project or a key.

A Django app. Which options there are is declared in the drawer `vedette.options`; here they are
kept, resolved along the levels, and every change of one is written down.
"""
