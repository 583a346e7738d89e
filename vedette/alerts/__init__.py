"""Alerts: rules and their alerts, the way of a message to a person, what people do about it."""
