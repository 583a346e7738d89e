"""`vedette keys rotate`: seal every secret under a new key and forget the old ones."""

from __future__ import annotations

import argparse

from vedette.config import Config

NAME = "keys rotate"
HELP = "seal the stored secrets under a new key"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(config: Config, options: argparse.Namespace) -> int:
    """A new key first, then everything sealed anew, then the old keys go."""
    from vedette import django_setup
    from vedette.pipeline.dead import DeadLetters
    from vedette.sealing.fields import seal_all_anew
    from vedette.sealing.sealer import Sealer, add_key, drop_old_keys, rotation

    django_setup.setup(config)
    sealer = Sealer(config.data)
    with rotation(config.data):
        add_key(config.data)
        count, lost = seal_all_anew()
        of_dead, lost_of_dead = DeadLetters(config.data / "dead", sealer).seal_anew()
        dropped = drop_old_keys(config.data)
    print(f"{count + of_dead} secrets are sealed under a new key; {dropped} old keys are gone.")
    if lost := lost + lost_of_dead:
        print(f"{lost} were left as they are: they cannot be opened, their key is not there.")
    return 0
