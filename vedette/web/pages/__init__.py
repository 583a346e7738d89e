"""DRAWER: one folder per page.

A page's package offers `PAGE`, a `vedette.web.routing.Page`: its routes with their permissions
and, if the rail shows it, its navigation entry. The folder holds `page.py` (typed context and
views), `page.html`, `_parts.html` where fragments share markup, and `page.css`. Views read
issues and events through `vedette.issues.reading`, always with the viewer's own projects.
Contract tests open every route: 200 to Alice, 403 or 404 to Charlie.
"""
