"""Two dozen distinct bugs, each a function of one number that stands for the user's data.

They are raised for real and reported by the real SDK; a bug's name is its function's.
"""

from __future__ import annotations

import asyncio
import csv
import functools
import logging
import struct
import uuid
from collections.abc import Callable
from typing import Any

log = logging.getLogger("faults")


class Account:
    """Something with a method that fails."""

    def __init__(self, number: int) -> None:
        self.number = number

    def close(self) -> None:
        raise PermissionError(f"account {self.number} of user{self.number}@example.com is locked")


class Card(Account):
    """The same method, message and type as its parent's: another bug."""

    def close(self) -> None:
        raise PermissionError(f"account {self.number} of user{self.number}@example.com is locked")


def close_account(number: int) -> None:
    Account(number).close()


def close_card(number: int) -> None:
    Card(number).close()


def missing_attribute(number: int) -> None:
    getattr(Account(number), f"field_{number}")


def missing_key(number: int) -> None:
    {"a": 1}[f"key-{uuid.UUID(int=number)}"]


def unpacking(number: int) -> None:
    _one, _two = range(number + 3)


def comparing(number: int) -> None:
    mixed: list[Any] = [number, "text", None]
    sorted(mixed)


def parsing(number: int) -> None:
    float(f"{number} apples")


def packing(number: int) -> None:
    struct.pack("B", number + 1_000)


def reading_library(number: int) -> None:
    lines: Any = iter([b"x" * number])
    next(csv.DictReader(lines))


def in_comprehension(number: int) -> list[float]:
    return [1 / value for value in (number, 0)]


def in_dict_comprehension(number: int) -> dict[int, float]:
    return {value: number / value for value in (1, 0)}


def in_generator(number: int) -> float:
    return sum(number / value for value in (1, 0))


def in_lambda(number: int) -> Any:
    first: Callable[[dict[str, Any]], Any] = lambda row: row["x"]["y"][number]  # noqa: E731
    return first({"x": {}})


def descending(number: int) -> int:
    def down(left: int) -> int:
        return down(left - 1) if left else 1 // 0

    return down(number % 7 + 2)


def ping_pong(number: int) -> int:
    def ping(left: int) -> int:
        return pong(left - 1) if left > 0 else 1 // 0

    def pong(left: int) -> int:
        return ping(left - 1)

    return ping(2 * (number % 5) + 2)


def bottomless(number: int) -> int:
    return bottomless(number + 1) + 1


def made_by_exec(number: int) -> None:
    names: dict[str, Any] = {}
    exec(f"def rule_{number}(x): return x / 0", names)  # noqa: S102 - generated code is the case
    names[f"rule_{number}"](number)


def made_by_type(number: int) -> None:
    raise type(f"Failure_{number}", (Exception,), {})(f"made for {number}")


def chained(number: int) -> None:
    try:
        missing_key(number)
    except KeyError as error:
        raise LookupError(f"no row {number}") from error


def while_handling(number: int) -> None:
    try:
        parsing(number)
    except ValueError:
        raise LookupError(f"no row {number}")


def hidden_cause(number: int) -> None:
    try:
        parsing(number)
    except ValueError:
        raise LookupError(f"no row {number}") from None


def in_a_task(number: int) -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise TimeoutError(f"{number}.{number:03d}s passed")

    asyncio.run(work())


def two_types_first(number: int) -> None:
    either(number, ValueError)


def two_types_second(number: int) -> None:
    either(number, TypeError)


def either(number: int, kind: type[Exception]) -> None:
    raise kind(f"value {number}")


def logged(number: int) -> None:
    log.error("payment %s of %s failed", number, f"user{number}")


def logged_formatted(number: int) -> None:
    log.error(f"refund {number} from 10.0.0.{number % 250} failed")


FAULTS: tuple[Callable[[int], Any], ...] = (
    *(close_account, close_card, missing_attribute, missing_key, unpacking, comparing, parsing),
    *(packing, reading_library, in_comprehension, in_dict_comprehension, in_generator, in_lambda),
    *(descending, ping_pong, bottomless, made_by_exec, made_by_type, chained, while_handling),
    *(hidden_cause, in_a_task, two_types_first, two_types_second, logged, logged_formatted),
)


def decorated(fault: Callable[[int], Any]) -> Callable[[int], Any]:
    """The fault behind a decorator that only hands the call on."""

    @functools.wraps(fault)
    def wrapper(*args: int, **kwargs: int) -> Any:
        return fault(*args, **kwargs)

    return wrapper
