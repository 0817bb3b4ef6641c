"""Every instrument on disk, found and never listed; a file that is none is an error."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, ModuleType

from drivers import instruments
from drivers.errors import Refused
from drivers.profile import Profile


@cache
def profiles() -> Mapping[str, Profile]:
    """Return the instruments of this program by id, in the order of their ids.

    Raises:
        Refused: as `load`.
    """
    return load(instruments)


def profile(instrument: str) -> Profile:
    """Return one instrument by its id.

    Raises:
        Refused: `unknown_instrument`, with the ids that there are.
    """
    found = profiles().get(instrument)
    if found is None:
        raise Refused("unknown_instrument", instrument=instrument, known=" ".join(profiles()))
    return found


def load(package: ModuleType) -> Mapping[str, Profile]:
    """Import every module of a package and return the `PROFILE` of each, also from inside a frozen program.

    Raises:
        Refused: `no_profile`, a module has none; `wrong_id`, its id is not the module's name, so that no two can
            have the same.
    """
    found: dict[str, Profile] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
        one = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "PROFILE", None)
        if not isinstance(one, Profile):
            raise Refused("no_profile", file=module.name)
        if one.id != module.name:
            raise Refused("wrong_id", file=module.name, id=one.id)
        found[one.id] = one
    return MappingProxyType(found)
