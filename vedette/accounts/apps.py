"""The Django app's registration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the models."""

    name = "vedette.accounts"
