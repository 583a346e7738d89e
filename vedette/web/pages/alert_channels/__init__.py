"""Channels: the ways to reach people."""

from vedette.web.pages.alert_channels.page import PAGE

__all__ = ["PAGE"]
