"""What makes a view an endpoint: the action each method needs, its typed parameters, JSON.

The declarations are also what the OpenAPI document is made of (`vedette.web.api.document`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from vedette.access.actions import Action
from vedette.store.errors import BadQuery, QuestionCancelled, StoreBusy, StoreError
from vedette.web.api.access import find_caller
from vedette.web.api.errors import ApiError
from vedette.web.api.typed import Parameters, read_body, read_query
from vedette.web.deadline import SECONDS, TooSlow, database_deadline
from vedette.web.errors import HAS_GONE, RETRY_SECONDS
from vedette.web.text import has_unstorable_text

log = logging.getLogger("vedette.api")

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A view's declaration: the action of each method (None: open to all), query and body."""

    actions: Mapping[str, Action | None]
    query: type[Parameters] | None
    body: type[Parameters] | None
    summary: str
    seconds: float = SECONDS


def endpoint(
    *,
    query: type[Parameters] | None = None,
    body: type[Parameters] | None = None,
    seconds: float = SECONDS,
    **actions: Action | None,
) -> Callable[[View], View]:
    """Make a view an endpoint: `@endpoint(get=Action.VIEW_EVENTS, put=Action.TRIAGE)`.

    The view takes `(request, caller, **path arguments)`, besides `query`, the parsed parameters,
    and `body`, the parsed body of a request that is not a GET, where they are declared. The
    database may be asked for so many `seconds` from the request's begin.
    """

    def wrap(view: View) -> View:
        about = Endpoint(
            actions={method.upper(): action for method, action in actions.items()},
            query=query,
            body=body,
            summary=(view.__doc__ or "").strip(),
            seconds=seconds,
        )

        @csrf_exempt
        @wraps(view)
        def run(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
            return _answering(lambda: _run(about, view, request, arguments))

        run.endpoint = about  # type: ignore[attr-defined]
        return run

    return wrap


def answer(data: object, status: int = 200) -> HttpResponse:
    """A JSON answer."""
    return JsonResponse(data, status=status, safe=False)


def _run(
    about: Endpoint, view: View, request: HttpRequest, arguments: dict[str, Any]
) -> HttpResponseBase:
    method = request.method or ""
    if method not in about.actions:
        raise ApiError(405, f'Method "{method}" not allowed.')
    with database_deadline(about.seconds):
        caller = find_caller(request, about.actions[method])
        if has_unstorable_text(request, arguments):
            raise ApiError(400, "A parameter holds a character that no text may hold.")
        if about.query:
            arguments["query"] = read_query(request.GET, about.query)
        if about.body:
            has_body = method != "GET"
            arguments["body"] = read_body(request.body, about.body) if has_body else None
        return view(request, caller, **arguments)


def _answering(run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer, or the error as JSON."""
    try:
        return run()
    except ApiError as error:
        return _error(error.status, str(error))
    except RequestDataTooBig:
        return _error(413, "The body is too large: send less at once")
    except TooSlow:
        log.exception("the database was too slow")
        return _error(400, "This takes too long: ask for less")
    except BadQuery as error:
        return _error(400, f"The question is wrong: {error}")
    except StoreBusy as error:
        log.warning("no turn at the store: %s", error)
        busy = _error(429, str(error))
        busy["Retry-After"] = RETRY_SECONDS
        return busy
    except QuestionCancelled:
        return _error(HAS_GONE, "Nobody waits for this any more")
    except StoreError:
        log.exception("the store did not answer")
        return _error(503, "The store does not answer")
    except Exception:
        log.exception("an API call failed")
        return _error(500, "Internal error")


def _error(status: int, detail: str) -> HttpResponse:
    return JsonResponse({"detail": detail}, status=status)
