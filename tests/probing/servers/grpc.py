"""A gRPC server of the grpcio package with services in every state of health."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from grpc_health.v1 import health
from grpc_health.v1 import health_pb2 as messages
from grpc_health.v1 import health_pb2_grpc as services

from tests.probing.servers.certificates import pairs


@dataclass(frozen=True)
class Server:
    """A server with a service of each state; `empty` has no health at all."""

    port: int
    tls_port: int
    empty: int


class Guarded(grpc.ServerInterceptor):
    """Refuses who does not say the word."""

    def intercept_service(self, continuation: Any, details: Any) -> Any:
        """Look at the metadata."""
        given = dict(details.invocation_metadata)
        if given.get("x-word", "please") == "please":
            return continuation(details)

        def refuse(_: Any, context: Any) -> None:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, f"not {given['x-word']}")

        return grpc.unary_unary_rpc_method_handler(refuse)


@contextmanager
def serving() -> Iterator[Server]:
    """It runs in this process, on threads of its own."""
    state = messages.HealthCheckResponse
    checker = health.HealthServicer()
    checker.set("", state.SERVING)
    checker.set("shop.v1.Orders", state.SERVING)
    checker.set("shop.v1.Mails", state.NOT_SERVING)
    made = grpc.server(futures.ThreadPoolExecutor(2), interceptors=[Guarded()])
    services.add_HealthServicer_to_server(checker, made)
    pair = pairs()["good"]
    credentials = grpc.ssl_server_credentials([(pair.key_pem.encode(), pair.pem.encode())])
    empty = grpc.server(futures.ThreadPoolExecutor(1))
    held = Server(
        made.add_insecure_port("127.0.0.1:0"),
        made.add_secure_port("127.0.0.1:0", credentials),
        empty.add_insecure_port("127.0.0.1:0"),
    )
    made.start()
    empty.start()
    yield held
    made.stop(None).wait()
    empty.stop(None).wait()
