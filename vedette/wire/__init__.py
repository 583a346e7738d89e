"""The Sentry wire protocol as pure functions. Imports nothing else of Vedette."""
