"""Makes typing Chinese work: chooses the input method that the Qt wheels can really speak to."""

import os
import sys
from collections.abc import Collection, Mapping, MutableMapping
from pathlib import Path

from PySide6.QtCore import QLibraryInfo

FCITX = ("fcitx", "fcitx5")


def adapt(
    environ: Mapping[str, str], running: Collection[str], plugins: Collection[str] = ()
) -> dict[str, str]:
    """Say which environment variables to set before the application starts.

    The PySide6 wheels carry no fcitx plugin, so with QT_IM_MODULE=fcitx no Chinese can be typed. fcitx5 also
    answers to the ibus protocol over its portal, for which the wheels do have a plugin.

    Args:
        environ: the environment as the desktop session left it.
        running: names of the processes that run, as in /proc/*/comm.
        plugins: names of the input method plugins that this Qt has, without `lib`, ending or suffix.
    """
    wanted = _wanted(environ)
    if not wanted.intersection(FCITX) or wanted.intersection(plugins):
        return {}
    if "fcitx5" not in running:
        return {}
    changes = {"QT_IM_MODULE": "ibus", "IBUS_USE_PORTAL": "1"}
    if environ.get("QT_IM_MODULES"):
        changes["QT_IM_MODULES"] = "ibus"
    return {name: value for name, value in changes.items() if environ.get(name) != value}


def _wanted(environ: Mapping[str, str]) -> set[str]:
    asked = environ.get("QT_IM_MODULES") or environ.get("QT_IM_MODULE") or ""
    if not asked and environ.get("XMODIFIERS", "").startswith("@im="):
        asked = environ["XMODIFIERS"].removeprefix("@im=")
    return {name.strip() for name in asked.split(";") if name.strip()}


def running_programs(proc: Path = Path("/proc")) -> set[str]:
    """Return the names of the programs that run; empty where there is no /proc."""
    names = set()
    for comm in proc.glob("[0-9]*/comm"):
        try:
            names.add(comm.read_text(encoding="utf-8", errors="replace").strip())
        except OSError:
            continue  # it ended while we looked
    return names


def own_plugins() -> set[str]:
    """Return the input method plugins of this Qt, for example `ibus` and `compose`."""
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforminputcontexts"
    stems = (path.name.split(".")[0].removeprefix("lib") for path in folder.glob("*plugin*"))
    return {stem.removesuffix("plugin").removesuffix("platforminputcontext") for stem in stems}


def prepare(environ: MutableMapping[str, str] = os.environ) -> dict[str, str]:
    """Set what `adapt` says in this process; call it before QApplication is made. Returns the changes."""
    if not sys.platform.startswith("linux"):
        return {}
    changes = adapt(environ, running_programs(), own_plugins())
    environ.update(changes)
    return changes
