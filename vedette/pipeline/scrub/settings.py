"""What a project wants scrubbed. Read by `Scrubber`, stored by the projects app."""

from __future__ import annotations

from dataclasses import dataclass

MAX_FIELDS = 600  # 200 of each who may add some: installation, organisation, project
MAX_LENGTH = 100


@dataclass(frozen=True, slots=True)
class ScrubSettings:
    """The scrubbing settings of one project.

    `strict`: a value of application data that contains a sensitive word goes whole; otherwise
    only the secret in it does. `enabled` covers credentials and `sensitive_fields`, `defaults`
    the built-in rules among them. `ip_addresses` and `emails` stand alone: they work when
    `enabled` is off. `sensitive_fields` are plain substrings, matched in names and values,
    whatever the case. `safe_fields` are whole names, whatever the case, that no rule touches.
    `rules` are lines of `rule_lines`, `hash_key` is what they hash with.
    Raises `ValueError` for more than `MAX_FIELDS` of either, or one longer than `MAX_LENGTH`.
    """

    enabled: bool = True
    defaults: bool = True
    strict: bool = False
    ip_addresses: bool = False
    emails: bool = False
    sensitive_fields: tuple[str, ...] = ()
    safe_fields: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    hash_key: bytes = b""

    def __post_init__(self) -> None:
        for fields in (self.sensitive_fields, self.safe_fields):
            if len(fields) > MAX_FIELDS:
                raise ValueError(f"at most {MAX_FIELDS} fields may be listed, not {len(fields)}")
            for field in fields:
                if len(field) > MAX_LENGTH:
                    raise ValueError(f"a field may have {MAX_LENGTH} characters: {field[:20]}…")

    @property
    def uses_defaults(self) -> bool:
        """Whether the built-in rules for credentials apply."""
        return self.enabled and self.defaults

    @property
    def own_fields(self) -> tuple[bytes, ...]:
        """The sensitive fields that apply, trimmed, without blanks, as UTF-8."""
        if not self.enabled:
            return ()
        return tuple(field.strip().encode() for field in self.sensitive_fields if field.strip())

    @property
    def own_rules(self) -> tuple[str, ...]:
        """The lines of rules that apply."""
        return tuple(line for line in self.rules if line.strip()) if self.enabled else ()

    @property
    def has_work(self) -> bool:
        """Whether any built-in rule or sensitive field can ever apply."""
        return self.uses_defaults or bool(self.own_fields) or self.ip_addresses or self.emails
