"""The pages role: pages and API behind the door, on a Unix socket that only the door reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vedette.config import Config
from vedette.roles import Role

if TYPE_CHECKING:
    from vedette.pages_root import PagesRoot

_WSGI_THREADS = 24  # more than all questions that the store works on or lets wait


def load(config: Config) -> None:
    """Every page and resource."""
    from vedette import django_setup

    django_setup.setup(config)
    import django.core.wsgi  # noqa: F401 - what pages are served through
    from django.conf import settings
    from django.urls import reverse
    from django.utils.module_loading import import_string

    import vedette.http.serving
    import vedette.pages_root
    import vedette.web.live

    vedette.http.serving.load()
    for middleware in settings.MIDDLEWARE:
        import_string(middleware)
    reverse("issues")  # reads every route and what it imports: the first visitor does not wait


ROLE = Role(order=30, load=load)


def run(config: Config, index: int = 0) -> None:
    """Serve until SIGTERM; requests under way are finished."""
    from vedette import django_setup, logs
    from vedette.garbage import spare_what_is_loaded
    from vedette.http.serving import serve_on_socket

    logs.start(config.log_level, "pages")
    django_setup.setup(config)
    app = build(config)
    spare_what_is_loaded(10_000, 20, 20)  # so that no page waits for it
    serve_on_socket(app, config.pages_socket)


def build(config: Config) -> PagesRoot:
    """The ASGI application. Django must be set up."""
    from a2wsgi import WSGIMiddleware
    from django.core.wsgi import get_wsgi_application

    from vedette.pages_root import PagesRoot
    from vedette.store import access
    from vedette.store.remote import StoreClient
    from vedette.web.live import Live, renderer

    access.use(StoreClient(config.store_socket))
    handler = get_wsgi_application()
    django: Any = WSGIMiddleware(handler, workers=_WSGI_THREADS)  # type: ignore[arg-type]
    live = Live(config, renderer(handler, config.path_prefix))
    return PagesRoot(django, live, prefix=config.path_prefix)
