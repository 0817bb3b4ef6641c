"""The form of one instrument: what it is, on which line it hangs, and what else its profile wants to know."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from gui import theme
from gui.desk import Desk
from gui.screens import _codes
from gui.screens._facts import Facts
from gui.widgets import boxes
from gui.widgets.field import Field, Value
from gui.widgets.form import Form
from gui.widgets.label import Label
from lims.queries.equipment import Kind, Owned
from lims.services.equip import Device
from lims.text import mark, t, words

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def _check_id(value: Value) -> str:
    return "" if ID.fullmatch(str(value)) else t("Letters, digits and - alone, for example TL310-1.")


def _check_settings(value: Value) -> str:
    parts = [part for part in re.split(r"[;；]", str(value)) if part.strip()]
    return "" if all("=" in part for part in parts) else t("Write name=value; name=value, or / for none.")


class Adding(QWidget):
    """The form; it is laid once the kinds are known."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._kinds: dict[str, Kind] = {}
        self.form: Form | None = None
        self.head, self.facts = Label(role="head"), Facts(88)
        self.facts.setMaximumHeight(theme.current().px(100))
        self._column = boxes.column(self.head, self.facts, of=self, edge=(8, 8, 0, 0))
        self._one: Owned | None = None
        self._proposed: dict[str, str] = {}

    def show_kinds(self, kinds: Sequence[Kind]) -> None:
        """Take the kinds that can be put on the bench."""
        self._kinds = {kind.id: kind for kind in kinds}
        options = tuple((kind.id, _codes.pair(kind.title)) for kind in kinds)
        fields = (
            Field("profile", mark("Instrument kind"), "choice", options, required=True, wide=True),
            Field("id", mark("Short name"), required=True, slash=False, check=_check_id,
                  hint=mark("stands on every reading, for example TL310-1")),
            Field("name", mark("Name for people"), required=True, slash=False),
            Field("serial", mark("Serial number"), required=True, hint=mark("/ where it has none")),
            Field("port", mark("Port"), required=True, slash=False, hint=mark("COM3, or 192.168.1.20:5000")),
            Field("settings", mark("Settings"), wide=True, check=_check_settings,
                  hint=mark("name=value; name=value, or / for none")),
        )  # fmt: skip
        self.form = Form(fields)
        self.form.changed.connect(self._changed)
        self._column.insertWidget(1, self.form, 1)
        if self._proposed:
            self.form.fill(self._proposed)
            self._proposed = {}

    def begin(self, one: Owned | None) -> None:
        """Empty the form for a new instrument, or fill it with one that is changed."""
        self._one = one
        self.head.say(mark("New instrument") if one is None else mark("Change the instrument"))
        if self.form is None:
            return
        self.form.clear()
        if one is not None:
            settings = written(one.settings) or "/"
            self.form.fill({"profile": one.profile, "id": one.id, "name": one.name, "serial": one.serial,
                            "port": one.port, "settings": settings})  # fmt: skip
        self.form.boxes["id"].setEnabled(one is None)
        self.form.boxes["profile"].setFocus()
        self._changed()

    def propose(self, port: str, profile: str, settings: str = "") -> None:
        """Write what was found on a port, or described, into the form as soon as it is laid."""
        known = {"port": port, "profile": profile, "settings": settings}
        told = {name: said for name, said in known.items() if said}
        if self.form is None:
            self._proposed = told
        else:
            self.form.fill(told)
            self.form.boxes["id"].setFocus()

    def _changed(self) -> None:
        kind = self._kinds.get(str(self.form.values()["profile"])) if self.form else None
        if kind is not None:
            self.facts.show_lines([
                (t("Wiring"), " / ".join(kind.wiring), ""),
                (t("Evidence"), words(f"rung.{kind.evidence.lower()}"), ""),
                (t("Known from"), t(kind.source), ""),
                (t("Unverified"), t("format.comma").join(map(t, kind.unverified)), "late"),
            ])  # fmt: skip
        self._desk.changed.emit()

    def missing(self) -> str:
        """Say what the form still needs, or return an empty text."""
        missing = self.form.missing() if self.form else [t("Instrument kind")]
        return t("still missing: {fields}", fields=t("format.comma").join(missing)) if missing else ""

    def device(self) -> Device | None:
        """Return the instrument as the form says it; None when something is wrong, which is then shown."""
        if self.form is None or not self.form.complete():
            return None
        said = {name: str(value) for name, value in self.form.values().items() if value is not None}
        kind = self._kinds[said["profile"]]
        return Device(said["id"], said["name"], kind.id, said["serial"], said["port"], kind.evidence,
                      self._settings(said.get("settings", "/")))  # fmt: skip

    def _settings(self, written: str) -> dict[str, Any]:
        """Read the settings; one that nobody touched stays what it was, also where it is no plain word."""
        before = self._one.settings if self._one is not None else {}
        return {
            name: before[name] if name in before and shown(before[name]) == str(said) else said
            for name, said in settings_of(written).items()
        }

    def retranslate(self) -> None:
        """Name the kinds in the other language."""
        if self._one is not None or self.form is None:
            return
        self._changed()


def settings_of(written: str) -> dict[str, str | int]:
    """Read `name=value; name=value`; whole numbers become numbers but "007" stays as typed, "/" is none."""
    found: dict[str, str | int] = {}
    for part in re.split(r"[;；]", written):
        name, equals, value = part.partition("=")
        if equals:
            plain = value.strip()
            found[name.strip()] = int(plain) if re.fullmatch(r"0|-?[1-9][0-9]{0,8}", plain) else plain
    return found


def written(settings: Mapping[str, Any]) -> str:
    """Write settings as `name=value; name=value`; nothing where there are none."""
    return "; ".join(f"{name}={shown(value)}" for name, value in settings.items())


def shown(value: object) -> str:
    """Return a setting's value in one line: lists part by part, what is longer by its kind alone."""
    match value:
        case bool():
            return t("on") if value else t("off")
        case str() if "\n" in value:
            named = re.search(r'(?m)^name *= *"([^"]*)"', value)
            return t("[description {name}]", name=named.group(1) if named else "")
        case Mapping():
            return t("format.comma").join(f"{name} {shown(one)}" for name, one in value.items())
        case list() | tuple():
            return t("format.comma").join(shown(one) for one in value)
    return str(value)
