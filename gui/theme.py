"""Colours, sizes and the one style sheet: nothing else in the program names a colour or a pixel."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

SHEET = Path(__file__).parent / "resources" / "sheet.txt"
PICTURES = Path(__file__).parent / "resources" / "controls"


@dataclass(frozen=True, slots=True)
class Colours:
    """The colour of each meaning; `soft` ones are grounds of text, `edge` draws lines that mean something."""

    text: str
    muted: str
    line: str
    edge: str
    surface: str
    raised: str
    field: str
    accent: str
    on_accent: str
    soft_accent: str
    negative: str
    suspect: str
    soft_suspect: str
    positive: str
    soft_positive: str
    invalid: str


LIGHT = Colours(
    text="#1A1C1E", muted="#5B6167", line="#D5D9DD", edge="#7E868E",
    surface="#F6F7F8", raised="#FFFFFF", field="#FFFFFF",
    accent="#0B5CAD", on_accent="#FFFFFF", soft_accent="#E4EEF8",
    negative="#1F7A3A", suspect="#8F5400", soft_suspect="#FBF1DF",
    positive="#B3261E", soft_positive="#FBE9E7", invalid="#5B6167",
)  # fmt: skip
DARK = Colours(
    text="#E8EAED", muted="#A0A7AE", line="#3A4046", edge="#767E87",
    surface="#17191B", raised="#1F2225", field="#24282C",
    accent="#6FB1F5", on_accent="#0E1113", soft_accent="#1E2C3A",
    negative="#6CCB87", suspect="#F0B35A", soft_suspect="#332A1A",
    positive="#FF8A80", soft_positive="#3A2322", invalid="#A0A7AE",
)  # fmt: skip
CONTRAST = Colours(
    text="#000000", muted="#303030", line="#000000", edge="#000000",
    surface="#FFFFFF", raised="#FFFFFF", field="#FFFFFF",
    accent="#003A78", on_accent="#FFFFFF", soft_accent="#DDE9F5",
    negative="#00491A", suspect="#5C3500", soft_suspect="#FFF3D6",
    positive="#8A0000", soft_positive="#FFE4E1", invalid="#303030",
)  # fmt: skip
COLOURS: Mapping[str, Colours] = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}

GROUNDS = ("surface", "raised", "field")
PAIRS = (
    *((ink, ground) for ink in ("text", "muted", "accent", "negative", "suspect", "positive", "invalid")
      for ground in GROUNDS),
    ("on_accent", "accent"), ("text", "soft_accent"), ("accent", "soft_accent"), ("text", "soft_suspect"),
    ("suspect", "soft_suspect"), ("text", "soft_positive"), ("positive", "soft_positive"),
)  # fmt: skip
"""Each text colour with each ground it is written on; the contrast of all is checked."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths in pixels at 100 %: controls and rows for a desk, or for wet fingers and gloves."""

    control: int = 32
    row: int = 30
    rail: int = 88
    rail_item: int = 52
    rail_low: int = 40
    bar: int = 32
    bar_button: int = 24
    action: int = 56
    banner: int = 36
    scan: int = 40
    tile: int = 148


DESK = Sizes()
TOUCH = Sizes(
    control=48,
    row=44,
    rail=96,
    rail_item=64,
    rail_low=56,
    bar=52,
    bar_button=44,
    action=72,
    banner=48,
    scan=56,
    tile=176,
)
LAYOUTS: Mapping[str, Sizes] = {"desk": DESK, "touch": TOUCH}

FONTS: Mapping[str, int] = {
    "small": 12, "table": 13, "base": 14, "head": 16, "result": 22, "tile": 28, "clock": 36,
}  # fmt: skip

VERDICTS: Mapping[str, str] = {
    "negative": "○", "suspect": "△", "positive": "●", "invalid": "╳", "not_applicable": "–",
}  # fmt: skip
"""The shape of each verdict in running text; on the screen it is drawn, larger than a font has it."""


class _Tokens(Mapping[str, object]):
    """What the sheet may name: colours, `p12` for 12 scaled pixels, `s_control`, `f_base`, `family`."""

    def __init__(self, theme: "Theme") -> None:
        self._theme = theme

    def __getitem__(self, name: str) -> object:
        theme = self._theme
        if name in {"family", "strong"}:
            return getattr(theme, name)
        if name == "pictures":
            return f"{PICTURES.as_posix()}/{theme.name}"
        kind, _, rest = name.partition("_")
        if kind == "s":
            return theme.size(rest)
        if kind == "f":
            return theme.px(FONTS[rest])
        if name[0] == "p" and name[1:].isdigit():
            return theme.px(int(name[1:]))
        return getattr(theme.colours, name)

    def __iter__(self) -> Iterator[str]:
        return (each.name for each in fields(Colours))

    def __len__(self) -> int:
        return len(fields(Colours))


@dataclass(frozen=True, slots=True)
class Theme:
    """One look: colours, layout, scale (1.0 to 2.0) and the font family.

    `strong` is the weight of what stands out, `blanks` what the family cannot draw though it claims to.

    Raises:
        ValueError: the scale is outside 1.0 to 2.0.
    """

    name: str = "light"
    layout: str = "desk"
    scale: float = 1.0
    family: str = ""
    strong: int = 600
    blanks: Mapping[int, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not 1.0 <= self.scale <= 2.0:
            raise ValueError(f"a scale of {self.scale} is outside 1.0 to 2.0")

    @property
    def colours(self) -> Colours:
        """The colours of this look."""
        return COLOURS[self.name]

    def px(self, length: float) -> int:
        """Return a length of the 100 % design in pixels of this scale, at least 1 for anything above 0."""
        return max(1, round(length * self.scale)) if length > 0 else 0

    def size(self, name: str) -> int:
        """Return a named length of the layout (`control`, `row`, `rail`, ...) in pixels."""
        return self.px(getattr(LAYOUTS[self.layout], name))

    def colour(self, name: str) -> QColor:
        """Return the colour of a meaning (`text`, `accent`, `positive`, ...)."""
        return QColor(getattr(self.colours, "invalid" if name == "not_applicable" else name))

    def font(self, role: str = "base", *, strong: bool = False) -> QFont:
        """Return the font of a role (`small`, `table`, `base`, `head`, `result`, `tile`, `clock`)."""
        font = QFont(self.family)
        font.setPixelSize(self.px(FONTS[role]))
        font.setWeight(QFont.Weight(self.strong) if strong else QFont.Weight.Normal)
        return font

    def sheet(self) -> str:
        """Write the style sheet of the whole program."""
        return Template(SHEET.read_text(encoding="utf-8")).substitute(_Tokens(self))

    def palette(self) -> QPalette:
        """Build the palette for what a style sheet does not reach."""
        palette, role = QPalette(), QPalette.ColorRole
        for target, name in (
            (role.Window, "surface"), (role.Base, "field"), (role.AlternateBase, "raised"),
            (role.WindowText, "text"), (role.Text, "text"), (role.ButtonText, "text"),
            (role.Button, "raised"), (role.Highlight, "accent"), (role.HighlightedText, "on_accent"),
            (role.PlaceholderText, "muted"), (role.ToolTipBase, "raised"), (role.ToolTipText, "text"),
        ):  # fmt: skip
            palette.setColor(target, self.colour(name))
        for target in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, target, self.colour("muted"))
        return palette

    def readable(self, text: str) -> str:
        """Return a text with what the font would draw as nothing written another way (℃ as °C)."""
        return text.translate(self.blanks) if self.blanks else text


_worn = [Theme()]


def current() -> Theme:
    """Return the look in use."""
    return _worn[0]


def wear(app: QApplication, theme: Theme) -> None:
    """Give the whole program a look; widgets already on the screen follow."""
    _worn[0] = theme
    app.setFont(theme.font())
    app.setPalette(theme.palette())
    app.setStyleSheet(theme.sheet())


def change(app: QApplication, **changes: object) -> Theme:
    """Change parts of the look in use, for example `name="dark"` or `scale=1.5`, and return it."""
    theme = replace(current(), **changes)  # type: ignore[arg-type]  # field names are checked by replace
    wear(app, theme)
    return theme


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it, from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
