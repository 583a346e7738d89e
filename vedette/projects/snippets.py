"""What to paste into an application so that it reports here, for every common platform.

Pure text: the start page and the command line show the same. Only the DSN is ours; the
clients are Sentry's own, unmodified.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """How one platform is set up: an install command, the code, and an error to try it with."""

    platform: str
    label: str
    install: str
    code: str


def make_snippets(dsn: str) -> list[Snippet]:
    """The snippets for this DSN, the most used platforms first."""
    held = [
        Snippet(
            platform=platform,
            label=label,
            install=install,
            code=code.strip().replace("__DSN__", dsn),
        )
        for platform, label, install, code in _TEMPLATES
    ]
    return [*held, _curl(dsn)]


def _curl(dsn: str) -> Snippet:
    parts = urlsplit(dsn)
    path, _, project = parts.path.rpartition("/")
    host = parts.netloc.rpartition("@")[2]
    address = f"{parts.scheme}://{host}{path}/api/{project}/store/"
    code = (
        f"curl '{address}?sentry_key={parts.username}' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        '  -d \'{"message": "Hello from curl", "level": "error"}\''
    )
    return Snippet(platform="curl", label="curl", install="", code=code)


_TEMPLATES = (
    (
        "python",
        "Python",
        "pip install sentry-sdk",
        """
import sentry_sdk

sentry_sdk.init(dsn="__DSN__")

1 / 0
""",
    ),
    (
        "javascript",
        "Browser JavaScript",
        "npm install @sentry/browser",
        """
import * as Sentry from "@sentry/browser";

Sentry.init({ dsn: "__DSN__" });

throw new Error("Hello from the browser");
""",
    ),
    (
        "node",
        "Node.js",
        "npm install @sentry/node",
        """
// instrument.mjs, loaded first: node --import ./instrument.mjs app.mjs
import * as Sentry from "@sentry/node";

Sentry.init({ dsn: "__DSN__" });

throw new Error("Hello from Node");
""",
    ),
    (
        "nextjs",
        "Next.js",
        "npm install @sentry/nextjs",
        """
// sentry.server.config.ts, sentry.edge.config.ts and instrumentation-client.ts
import * as Sentry from "@sentry/nextjs";

Sentry.init({ dsn: "__DSN__" });
""",
    ),
    (
        "php",
        "PHP",
        "composer require sentry/sentry",
        """
<?php
require __DIR__ . '/vendor/autoload.php';

\\Sentry\\init(['dsn' => '__DSN__']);

throw new Exception('Hello from PHP');
""",
    ),
    (
        "ruby",
        "Ruby",
        "gem install sentry-ruby",
        """
require "sentry-ruby"

Sentry.init { |config| config.dsn = "__DSN__" }

begin
  1 / 0
rescue ZeroDivisionError => error
  Sentry.capture_exception(error)
end
""",
    ),
    (
        "go",
        "Go",
        "go get github.com/getsentry/sentry-go",
        """
package main

import (
	"errors"
	"time"

	"github.com/getsentry/sentry-go"
)

func main() {
	sentry.Init(sentry.ClientOptions{Dsn: "__DSN__"})
	defer sentry.Flush(2 * time.Second)
	sentry.CaptureException(errors.New("Hello from Go"))
}
""",
    ),
    (
        "java",
        "Java",
        "implementation 'io.sentry:sentry:8.+'   // Gradle",
        """
import io.sentry.Sentry;

public class App {
  public static void main(String[] args) {
    Sentry.init(options -> options.setDsn("__DSN__"));
    throw new IllegalStateException("Hello from Java");
  }
}
""",
    ),
    (
        "dotnet",
        ".NET",
        "dotnet add package Sentry",
        """
using Sentry;

using (SentrySdk.Init(options => options.Dsn = "__DSN__"))
{
    throw new InvalidOperationException("Hello from .NET");
}
""",
    ),
)
