"""Dashboards: pages of widgets, each of which answers a question within what the viewer may see.

`content` is what a dashboard holds, `widgets` the drawer of what can be on one, `shapes` what
their answers are, `answering` asks (once for all who look at the same), `saving` and `sharing`
keep dashboards and their secret links, `ready` are those that come with the product.
"""
