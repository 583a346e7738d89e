"""Tokens by their look: the beginnings and lengths that their issuers publish.

`TOKEN` finds them in text, `TRIGGERS` the strings of raw JSON that may hold one. The formats are
those of the issuers' own pages and of the public lists of secret scanners. Keys that are meant
to be public (`pk_live_`, `phc_`) are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.pipeline.scrub.patterns import Pattern, Span, regex

_ALNUM, _BASE64, _HEX, _UPPER = "[A-Za-z0-9]", "[A-Za-z0-9_-]", "[0-9a-f]", "[A-Z0-9]"
# How a token begins, and what follows.
ISSUED = (
    ("gh[oprsu]_", f"{_ALNUM}{{36,}}+"),  # GitHub
    ("github_pat_", r"[A-Za-z0-9_]{40,}+"),
    (
        "gl(?:pat|ptt|dt|rt|rtr|cbt|ft|imt|agent|soat|oas|ffct)-",  # GitLab
        rf"{_BASE64}{{20,}}+(?:\.[0-9a-z]{{9}})?",
    ),
    ("GR1348941", f"{_BASE64}{{20}}"),
    ("[rs]k_(?:live|test)_", f"{_ALNUM}{{16,}}+"),  # Stripe
    ("whsec_", "[A-Za-z0-9+/]{24,}+={0,2}"),
    ("xox[abeoprs]-", "[A-Za-z0-9-]{20,}+"),  # Slack
    ("xapp-", "[A-Za-z0-9-]{40,}+"),
    ("A(?:KIA|SIA|BIA|CCA)", f"{_UPPER}{{16}}"),  # AWS
    ("AIza", f"{_BASE64}{{35}}"),  # Google
    (r"ya29\.", f"{_BASE64}{{30,}}+"),
    ("GOCSPX-", f"{_BASE64}{{28}}"),
    (r"SG\.", rf"{_BASE64}{{16,32}}\.{_BASE64}{{16,64}}"),  # SendGrid
    ("npm_", f"{_ALNUM}{{36}}"),
    ("pypi-AgE", f"{_BASE64}{{50,}}+"),
    ("rubygems_", f"{_HEX}{{48}}"),
    ("do[opr]_v1_", f"{_HEX}{{64}}"),  # DigitalOcean
    ("sntrys_", "[A-Za-z0-9+/_-]{40,}+={0,2}"),  # Sentry
    ("sntry[aui]_", f"{_HEX}{{64}}"),
    ("(?:hf|api_org)_", f"{_ALNUM}{{34,}}+"),  # Hugging Face
    ("shp(?:at|ca|pa|ss|ua)_", "[A-Fa-f0-9]{32}"),  # Shopify
    ("sk-ant-", f"[a-z]{{3,8}}[0-9]{{2}}-{_BASE64}{{40,}}+"),  # Anthropic
    ("sk-(?:proj|svcacct|admin)-", f"{_BASE64}{{40,}}+"),  # OpenAI
    ("sk-", f"{_ALNUM}{{32,}}+"),
    ("sk-or-v1-", f"{_HEX}{{64}}"),  # OpenRouter
    ("gsk_", f"{_ALNUM}{{48,}}+"),  # Groq
    ("xai-", f"{_ALNUM}{{70,}}+"),
    ("r8_", f"{_ALNUM}{{37}}"),  # Replicate
    ("lin_(?:api|oauth)_", f"{_ALNUM}{{32,}}+"),  # Linear
    ("sq0[a-z]{3}-", f"{_BASE64}{{22,}}+"),  # Square
    ("(?:bot)?[0-9]{8,10}:AA", f"{_BASE64}{{32,33}}"),  # Telegram
    (r"hv[bsr]\.", f"{_BASE64}{{24,}}+"),  # HashiCorp
    (r"atlasv1\.", f"{_BASE64}{{60,}}+"),
    ("AGE-SECRET-KEY-1", f"{_UPPER}{{58}}"),
    ("PMAK-", f"{_HEX}{{24}}-{_HEX}{{34}}"),  # Postman
    ("SK", f"{_HEX}{{32}}"),  # Twilio
    ("key-", f"{_HEX}{{32}}"),  # Mailgun
    ("NRAK-", f"{_UPPER}{{27}}"),  # New Relic
    ("glsa_", f"{_ALNUM}{{32}}_{_HEX}{{8}}"),  # Grafana
    ("dckr_[op]at_", f"{_BASE64}{{27,}}+"),  # Docker
    ("dapi", f"{_HEX}{{32}}(?:-[0-9])?"),  # Databricks
    ("sbp_", f"{_HEX}{{40}}"),  # Supabase
    ("sb_secret_", f"{_BASE64}{{30,}}+"),
    ("figd_", f"{_BASE64}{{40,}}+"),  # Figma
    ("(?:ntn|secret)_", f"{_ALNUM}{{43,}}+"),  # Notion
    ("ATATT3xFfG", "[A-Za-z0-9_=-]{100,}+"),  # Atlassian
    (r"pat[A-Za-z0-9]{14}\.", f"{_HEX}{{64}}"),  # Airtable
    ("pscale_(?:tkn|pw|oauth)_", f"{_BASE64}{{32,}}+"),  # PlanetScale
    (r"dp\.(?:pt|st|ct|sa|scim|audit)\.", r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,}+"),  # Doppler
    ("EZ[AT]K", f"{_ALNUM}{{54}}"),  # EasyPost
    ("LTAI", f"{_ALNUM}{{16,20}}"),  # Alibaba
    ("ops_eyJ", "[A-Za-z0-9+/_-]{100,}+={0,2}"),  # 1Password
    ("xkeysib-", f"{_HEX}{{64}}-{_ALNUM}{{16}}"),  # Brevo
    ("CFPAT-", f"{_BASE64}{{43}}"),  # Contentful
    ("pul-", f"{_HEX}{{40}}"),  # Pulumi
    ("tskey-", f"[a-z]{{2,10}}-{_ALNUM}{{8,20}}-{_ALNUM}{{20,}}+"),  # Tailscale
)
BEGINNINGS = "|".join(start for start, _ in ISSUED)
# One look of the scan: short beginnings only with something drawn behind them.
TRIGGERS = (
    r"gh[oprsu]_[A-Za-z0-9]{8}|github_pat_|gl(?:pat|ptt|dt|rt|rtr|cbt|ft|imt|agent|soat|oas|ffct)-"
    r"|GR1348941|[rs]k_(?:live|test)_|whsec_|xox[abeoprs]-|xapp-|A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{8}"
    r"|AIza[A-Za-z0-9_-]{8}|ya29\.|GOCSPX-|SG\.[A-Za-z0-9_-]{16}|npm_[A-Za-z0-9]{16}|pypi-AgE"
    r"|rubygems_[0-9a-f]{8}|do[opr]_v1_|sntry[asui]_|(?:hf|api_org)_[A-Za-z0-9]{16}"
    r"|shp(?:at|ca|pa|ss|ua)_|[^a-z]sk-(?:ant-|proj-|svcacct-|admin-|or-v1-|[A-Za-z0-9]{16})"
    r"|gsk_[A-Za-z0-9]{8}|xai-[A-Za-z0-9]{16}|r8_[A-Za-z0-9]{16}|lin_(?:api|oauth)_|sq0[a-z]{3}-"
    r"|[0-9]:AA[A-Za-z0-9_-]{8}|hv[bsr]\.[A-Za-z0-9_-]{16}|atlasv1\.|AGE-SECRET|PMAK-"
    r"|(?:SK|key-|dapi|sbp_|pul-)[0-9a-f]{16}|NRAK-|glsa_|dckr_[op]at_|sb_secret_|figd_"
    r"|(?:ntn|secret)_[A-Za-z0-9]{16}|ATATT3xFfG|pat[A-Za-z0-9]{14}\.|pscale_"
    r"|dp\.(?:pt|st|ct|sa|scim|audit)\.|EZ[AT]K[A-Za-z0-9]{16}|LTAI[A-Za-z0-9]{8}|ops_eyJ|xkeysib-|CFPAT-|tskey-",
)
_DRAWN = re.compile(rb"[^0-9]*+[0-9]|[^a-z]*+[a-z][^A-Z]*+[A-Z]|[^A-Z]*+[A-Z][^a-z]*+[a-z]")
_LAST_BYTES = 20


def _is_drawn(text: bytes, span: Span) -> bool:
    """Whether a machine drew what stands there: words in small letters are a sentence's."""
    return _DRAWN.match(text[max(span[0], span[1] - _LAST_BYTES) : span[1]]) is not None


class _Tokens:
    """Finds where one begins, and then how far it goes: what follows is a matter of one class."""

    pattern = BEGINNINGS.encode()
    _beginnings = regex(rf"\b(?:{BEGINNINGS})")
    _any = "|".join(f"{start}{rest}" for start, rest in ISSUED)
    _whole = re.compile(rf"(?:{_any})(?!\w)".encode())

    def finditer(self, text: bytes, /) -> Iterator[re.Match[bytes]]:
        done = 0
        for beginning in self._beginnings.finditer(text):
            if beginning.start() >= done:
                whole = self._whole.match(text, beginning.start())
                if whole is not None:
                    done = whole.end()
                    yield whole


TOKEN = Pattern("token", "[token]", _Tokens(), is_genuine=_is_drawn)
