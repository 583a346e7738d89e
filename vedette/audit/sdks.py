"""Packages that send errors to a service which keeps them."""

from __future__ import annotations

import re

_SDK = re.compile(
    r"(?:@sentry/(?!cli|webpack|vite|rollup|esbuild|bundler|types|utils|babel)[\w-]+|sentry[-_]sdk"
    r"|sentry-expo|@bugsnag/[\w-]+|bugsnag|rollbar|@rollbar/[\w-]+|newrelic|@newrelic/[\w-]+"
    r"|dd-trace|ddtrace|@datadog/browser-rum|honeybadger|@honeybadger-io/[\w-]+|airbrake"
    r"|@airbrake/[\w-]+|raygun\d?[\w-]*|elastic-apm-[\w-]+|@elastic/apm-rum|elastic-?apm|posthog-js"
    r"|trackjs|logrocket|applicationinsights|@microsoft/applicationinsights-web|@glitchtip/[\w-]+"
    r"|io\.sentry:[\w-]+|sentry/[\w-]+|sentry-(?:ruby|rails|sidekiq|raven)|raven|raven-js"
    r"|github\.com/getsentry/sentry-go(?:/\w+)?|io\.sentry(?:\.\w+)*|Sentry)"
)
SENTRY = re.compile(
    r"(?:@sentry/(?!cli|webpack|vite|rollup|esbuild|bundler|types|utils|babel)[\w-]+|sentry[-_]sdk"
    r"|io\.sentry:[\w-]+|sentry/[\w-]+|sentry-(?:ruby|rails|sidekiq)|raven|io\.sentry(?:\.\w+)*"
    r"|github\.com/getsentry/sentry-go(?:/\w+)?|Sentry)"
)


def is_sdk(module: str) -> bool:
    """Whether a package or an imported module is such an SDK, or a part of one."""
    return _SDK.fullmatch(module.partition("/integrations")[0]) is not None or module.startswith(
        ("sentry_sdk.", "@sentry/", "rollbar.", "Sentry\\")
    )
