"""Django's settings, derived from `vedette.config`; imported by Django itself.

The settings come from the VEDETTE_ environment variables, which the command line sets before
Django is loaded.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from vedette import config as vedette_config
from vedette.database import database_settings
from vedette.kinds import django_apps
from vedette.outgoing.mail import mail_settings
from vedette.secret import secret_key

CONFIG = vedette_config.load()

SECRET_KEY = secret_key(CONFIG)
DEBUG = False
ALLOWED_HOSTS = ["*"]  # `vedette.web.hosts` decides; links are never built from the Host header
DATABASES = {"default": database_settings(CONFIG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    *django_apps(),
]
MIDDLEWARE = [
    "vedette.web.security.SecurityHeaders",
    "vedette.web.hosts.KnownHosts",
    "vedette.web.lying_text.PlainText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "vedette.web.urls"
FORCE_SCRIPT_NAME = CONFIG.path_prefix or None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "web"],
        "OPTIONS": {
            "context_processors": ["vedette.web.frame.frame"],
            "builtins": ["vedette.web.templatetags.vedette"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ],
        },
    }
]
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
SESSION_ENGINE = "vedette.accounts.sessions"
SESSION_COOKIE_NAME = "vedette_session"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CONFIG.base_url.startswith("https://")
SESSION_COOKIE_AGE = 30 * 86400
CSRF_FAILURE_VIEW = "vedette.web.errors.csrf_failure"
CSRF_COOKIE_NAME = "vedette_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_TRUSTED_ORIGINS = ["://".join(urlsplit(CONFIG.base_url)[:2])]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 << 20
LOGGING_CONFIG = None
for _name, _value in mail_settings(CONFIG).items():
    globals()[_name] = _value
SILENCED_SYSTEM_CHECKS: list[str] = []
