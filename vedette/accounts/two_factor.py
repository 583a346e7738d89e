"""The second factor: codes of an authenticator app, and recovery codes for a lost one."""

from __future__ import annotations

import secrets

import pyotp
from django.db import transaction

from vedette import clock
from vedette.accounts.models import RecoveryCode, TwoFactor, User, hash_token
from vedette.sealing.sealer import CannotOpen

_STEP_SECONDS = 30
_STEPS_ASIDE = 1  # how far the clock of a telephone may be off
_RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read wrongly


def is_on(user: User) -> bool:
    """Whether signing in as this person needs a code."""
    return TwoFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def new_secret() -> str:
    """A secret for an app that is about to be set up."""
    return pyotp.random_base32()


def address(user: User, secret: str) -> str:
    """The address by which an authenticator app takes the secret (otpauth://…)."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Vedette")


def turn_on(user: User, secret: str, code: str) -> list[str]:
    """Confirm the app with its first code; the recovery codes, shown once.

    Empty if the code is wrong, or the second factor is on already.
    """
    with transaction.atomic():
        TwoFactor.objects.filter(user=user, confirmed_at=None).delete()
        step = _step_of(secret, _typed(code))
        if step is None:
            return []
        held = {"secret": secret, "confirmed_at": clock.now(), "last_step": step}
        _, is_new = TwoFactor.objects.get_or_create(user=user, defaults=held)
        return _new_recovery_codes(user) if is_new else []


def turn_off(user: User) -> None:
    """Sign in by password alone again."""
    with transaction.atomic():
        TwoFactor.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()


def use_code(user: User, code: str) -> bool:
    """Whether this is the app's code of now or an unused recovery code; it is used up by that."""
    held = TwoFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
    if held is None:
        return False
    typed = _typed(code)
    if _use_step(held, typed):
        return True
    unused = RecoveryCode.objects.filter(user=user, code_hash=hash_token(typed), used_at=None)
    return bool(unused.update(used_at=clock.now()))


def recovery_codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def _typed(code: str) -> str:
    """A code as it is, however it was grouped."""
    return "".join(code.lower().split()).replace("-", "")[:32]


def _use_step(held: TwoFactor, code: str) -> bool:
    """The condition in the update lets no code through twice, however many ask at once. Where the
    secret cannot be opened no code is right, and those for recovery go on being so."""
    try:
        step = _step_of(held.secret, code)
    except CannotOpen:
        return False
    if step is None:
        return False
    return bool(TwoFactor.objects.filter(pk=held.pk, last_step__lt=step).update(last_step=step))


def _step_of(secret: str, code: str) -> int | None:
    """The step of time whose code this is, of now or beside it."""
    if not (code.isascii() and code.isdigit()):
        return None
    now = int(clock.timestamp()) // _STEP_SECONDS
    app = pyotp.TOTP(secret)
    for step in range(now - _STEPS_ASIDE, now + _STEPS_ASIDE + 1):
        if secrets.compare_digest(app.at(step * _STEP_SECONDS), code):
            return step
    return None


def _new_recovery_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(12)) for _ in range(_RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=hash_token(code)) for code in codes
    )
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]
