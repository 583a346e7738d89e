"""The word for password in other languages: in names, in text and in raw JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_ASCII = (
    "passwort|kennwort|contrasena|mot[ _-]?de[ _-]?passe|wachtwoord|haslo|heslo|lozinka|salasana"
    "|passord|adgangskode|losenord|jelszo|kata[ _-]?sandi|mat[ _-]?khau"
)
_SHORT = "senha|sifre|parola"
_OTHER = (
    "contraseña hasło lösenord jelszó şifre mật_khẩu пароль парола лозинка токен"
    " 密码 密碼 口令 令牌 パスワード 暗証番号 비밀번호 암호"
    " รหัสผ่าน كلمة_المرور كلمة_السر סיסמה סיסמא"
)
_WORDS = tuple(word.replace("_", " ") for word in _OTHER.split())
NAMES = rf"{_ASCII}|(?:^|[^a-z])(?:{_SHORT})(?:$|[^a-z])|{'|'.join(_WORDS)}"
# A name in a text, where a sign and a value follow.
IN_TEXT = rf"(?:{_ASCII}|\b(?:{_SHORT})|{'|'.join(_WORDS)})"


def spellings(text: str) -> Iterator[str]:
    """The ways in which raw JSON may write a text, whatever its case."""
    # Neither engine folds the case of what is not ASCII in raw bytes.
    cases = (text,) if text.isascii() else (text, text.lower(), text.upper(), text.capitalize())
    for case in dict.fromkeys(cases):
        for ascii_only in (True, False):
            spelling = json.dumps(case, ensure_ascii=ascii_only)[1:-1]
            yield from dict.fromkeys((spelling, spelling.replace("/", r"\/")))


TRIGGERS = "|".join(
    (
        _ASCII,
        rf"(?:{_SHORT})[^a-z]",
        *(re.escape(one) for word in _WORDS for one in dict.fromkeys(spellings(word))),
    )
)
