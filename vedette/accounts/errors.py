"""What goes wrong on the way in."""

from __future__ import annotations


class SingleSignOnError(Exception):
    """The provider did not say who somebody is; the text says why."""
