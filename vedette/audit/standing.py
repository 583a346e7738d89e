"""What a file is to its product, by the names on its way: part of it, a test, a script, a copy.

Reachability (`vedette.audit.reach`) corrects what names say of scripts.
"""

from __future__ import annotations

import re
from typing import Literal

from vedette.audit.facts import FileFacts

Standing = Literal["product", "test", "script", "example", "generated"]

_TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|__mocks__|mocks?|specs?|e2e|cypress|playwright|testing|fixtures?"
    r"|testdata|testcerts?|testkeys?|test-?utils?|__fixtures__|benchmarks?|stories|integration[-_]tests?)/"
    r"|(?:^|/)[\w.-]+[.-]tests?(?:[.-][\w.-]*)?/(?:[^/]+/)*[^/]+\.java$"
    r"|(?:^|/)(?:Tests?|Fixtures?)/(?:[^/]+/)*[^/]+\.php$"
    r"|(?:^|/)(?:test[-_.][^/]*|[^/]*[._-](?:test|tests|spec|stories|story|cy|e2e|mock|bench)\.\w+"
    r"|(?:[^/]*_)?(?:fuzz|fuzzer|mock|fake)\.go"
    r"|(?:\w*(?:mocks?|fakes?|stubs?|testutils?)|fuzz|tester|(?!(?:la|con|fas|grea|at|pro)test/)\w+test(?:keys)?)/[^/]*\.go"
    r"|conftest\.py|pytest_plugins?\.py|[^/]*_test\.\w+|[^/]*Tests?\.(?:java|php)|test\.\w+|tests\.py)$"
)
_SCRIPT = re.compile(
    r"(?:^|/)(?:_?scripts?|scripts?[-_]dev|dev[-_]scripts?|tools?|bin|hack|ci|\.ci|\.github|migrations?|seeds?|seeders?|utils?/scripts"
    r"|stress|burn-?in|(?:[\w-]+-)?jmh|dev|devtools|build-tools|codemods?|benchmarks?|db/migrate|deploy|tasks?/dev|alembic)/"
    r"|(?:^|/)(?:[^/]*\.(?:config|conf|setup)\.[mc]?[jt]sx?|gulpfile\.\w+|Gruntfile\.\w+|setup\.py"
    r"|noxfile\.py|fabfile\.py|tasks\.py|webpack[^/]*\.js|rollup[^/]*\.js|Rakefile|[^/]*\.rake|seed\.\w+)$"
)
_EXAMPLE = re.compile(
    r"(?:^|/)(?:examples?|example_\w+|samples?|demos?|docs?|documentation|templates?/cli|playgrounds?|tutorials?"
    r"|sandbox|starters?|boilerplates?|website/docs|cookbook)/"
    r"|(?:^|/)(?:[\w-]*[._-](?:example|sample)\.\w+|doc\.go)$"
)
# Where those who serve files as they are put what they have from others.
_COPIED = re.compile(
    r"(?:^|/)(?:static(?:_\w+)?|public|www|htdocs)/(?:[^/]+/)*(?:libs?|vendors?|contrib|third[-_]?party)/"
    r"(?:[^/]+/)*[^/]+\.(?:js|mjs|cjs)$"
    r"|(?:^|/)(?:_vendor(?:ed)?|vendored|_?third_?party|_?externals?)/(?:[^/]+/)*[^/]+\.py$"
    r"|(?:^|/)(?:static_?build|static_?root|staticfiles|collected_?static)/"
)
_CONFIGURES = re.compile(
    r"(?:^|/)(?:sentry|instrumentation|next|nuxt|vite|astro)[\w.-]*\.[mc]?[jt]s$"
)


def standing(path: str, facts: FileFacts | None = None) -> Standing:
    """What a file is by its path, or because it says that a tool made it."""
    if facts is not None and facts.is_generated:
        return "generated"
    if _COPIED.search(path):
        return "generated"
    if _TEST.search(path):
        return "test"
    if _CONFIGURES.search(path):
        return "product"
    if _EXAMPLE.search(path):
        return "example"
    return "script" if _SCRIPT.search(path) else "product"
