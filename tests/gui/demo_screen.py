"""A screen that uses every widget of the frame, for the tests and the gallery; no part of the program."""

from collections.abc import Callable
from datetime import timedelta
from math import exp, sin
from typing import Any

from PySide6.QtWidgets import QSplitter, QTabWidget, QWidget

from gui.desk import Action, Desk, Scan
from gui.widgets import boxes
from gui.widgets.countdown import Countdown
from gui.widgets.curve import Curve
from gui.widgets.field import Field
from gui.widgets.form import Form
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.scanfield import ScanField
from gui.widgets.sign import SignDialog
from gui.widgets.table import Table
from gui.widgets.tile import Channel, Tile
from gui.widgets.timeline import Fact, Timeline
from gui.widgets.verdict import VerdictMark
from lims import clock
from lims.errors import NotAllowed

TITLE = "Bench"
ICON = "bench"
ORDER = 40
NEEDS = "technician"

FIELDS = (
    Field("business", "Business", required=True, section="Business", hint="Code, name or initials"),
    Field("food", "Food", required=True, section="Business"),
    Field("sampled", "Sampled on", "date", required=True, section="Sample"),
    Field("hour", "Hour", "time", section="Sample"),
    Field("amount", "Amount", "number", unit="kg", section="Sample"),
    Field("kind", "Kind", "choice", (("field", "Field"), ("market", "Market")), section="Sample"),
    Field("remark", "Remark", "multiline", section="Sample", wide=True),
    Field("retest", "Retest is wanted", "check", section="Sample"),
)
FACTS = (
    Fact("1", "07:12", "抽样 豇豆 0.6 kg，封条 F-2231", "陈建华", "sampling"),
    Fact("2", "07:14", "4 小时 02 分没有记录", gap=True),
    Fact("3", "11:16", "收样 完好 4.2 ℃", "林秀英", "reception"),
    Fact("4", "11:52", "检测 抑制率 37.4 %", "林秀英", "bench"),
    Fact("5", "12:03", "阳性 87.2 %，对照 ΔA 0.51", "林秀英", "review", "positive"),
)


def tiles() -> list[Channel]:
    falling = tuple(1.0 - 0.6 * (1 - exp(-at / 20)) + 0.01 * sin(at) for at in range(60))
    return [
        Channel("1", "control", "", "对照", "农残", "0.51", "ΔA", note="对照 ΔA 0.51 ✓", curve=falling),
        Channel(
            "2",
            "done",
            "FY2026112304127",
            "豇豆",
            "有机磷和氨基甲酸酯",
            "37.4",
            "%",
            "negative",
            curve=falling,
        ),
        Channel("3", "done", "FY2026112304128", "韭菜", "农残", "87.2", "%", "positive", curve=falling),
        Channel(
            "4",
            "running",
            "FY2026112304129",
            "芹菜",
            "农残",
            "52.0",
            "%",
            "suspect",
            curve=falling,
            ring=0.62,
        ),
        Channel(
            "5", "void", "FY2026112304130", "豇豆", "农残", "-4.1", "%", note="气泡：曲线回升", curve=falling
        ),
        Channel("6", "bound", "FY2026112304131", "普通白菜", "农残", ring=0.3),
        Channel("7"),
        Channel("8"),
    ]


class Screen(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.scans, self.notices, self.contexts = list[Any](), list[Any](), list[Any]()
        self.scan_field = ScanField("Scan or type a number")
        self.scan_field.entered.connect(self.scanned)
        self.form = Form(FIELDS)
        self.form.changed.connect(desk.changed)
        if desk.ties.drafts:
            self.form.keep_draft(desk.ties.drafts / "demo.json", desk.work)
        columns = [Column("number", "Number", 160), Column("food", "Food", 90), Column("value", "Value", 70, "number"),
                   Column("verdict", "Verdict", 100, "verdict")]  # fmt: skip
        self.table = Table(columns, desk.work, "Results", "No result yet.", "Scan a bag to begin.")
        self.timeline = Timeline()
        self.curve = Curve("Strip", "Step", "Height")
        self.countdown = Countdown("until the window closes")
        self.tiles = [Tile(channel) for channel in tiles()]
        self.tabs = QTabWidget()
        self.tabs.addTab(self._bench(), "Bench")
        self.tabs.addTab(self.form, "Form")
        self.tabs.addTab(self._evidence(), "Evidence")
        self.tabs.tabBar().hide()
        self.fill()
        self.tabs.setDocumentMode(True)
        boxes.column(self.scan_field, self.tabs, of=self, edge=12)

    def _bench(self) -> QWidget:
        grid = boxes.grid(edge=0, gap=8)
        for at, tile in enumerate(self.tiles):
            grid.addWidget(tile, at // 4, at % 4)
        self.tiles[6].set_current(True)
        split, whole = QSplitter(), QWidget()
        whole.setLayout(grid)
        split.addWidget(whole)
        split.addWidget(self.table)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([720, 480])
        return split

    def _evidence(self) -> QWidget:
        whole = QWidget()
        result = Label(role="result")
        result.put("87.2 %")
        left = boxes.column(boxes.row(result, VerdictMark("positive", "result"), None), self.timeline, None)
        right = boxes.column(self.countdown, self.curve)
        line = boxes.row(left, right, of=whole, gap=16)
        line.setStretch(0, 1)
        line.setStretch(1, 1)
        return whole

    def fill(self) -> None:
        verdicts = ["negative", "suspect", "positive", "invalid", None]
        self.table.show_rows([
            Row(f"k{at}", (f"FY2026112304{at:03d}", "豇豆", f"{at * 3.7:.1f}", verdicts[at % 5])) for at in range(40)
        ])  # fmt: skip
        self.timeline.show_facts(FACTS)
        heights = [
            0.02 + exp(-((at - 60) ** 2) / 40) + 0.45 * exp(-((at - 120) ** 2) / 40) for at in range(180)
        ]
        self.curve.show_strip(heights, 60, (("T", 120),))
        self.countdown.run_until(clock.now() + timedelta(minutes=72))

    def arrived(self, **context: object) -> None:
        self.contexts.append(context)
        self.scan_field.setFocus()

    def scanned(self, scan: Scan) -> None:
        self.scans.append(scan)
        self.desk.sounds.good()

    def refresh(self, notice: object) -> None:
        self.notices.append(notice)

    def sentence(self) -> str:
        return "Place the next sample in channel 7."

    def acts(self) -> list[Action]:
        missing = self.form.missing()
        return [
            Action("Print", "F8", lambda: self.desk.toast("Printed")),
            Action("Approve", "A", lambda: self.notices.append("approved")),
            Action("Save", "Return", lambda: self.notices.append("saved"), primary=True,
                   missing=", ".join(missing) if self.tabs.currentIndex() == 1 else ""),
        ]  # fmt: skip

    def sign(self) -> None:
        def attempt(
            secret: str, done: Callable[[object], None], failed: Callable[[BaseException], None]
        ) -> None:
            done(secret) if secret == "right" else failed(NotAllowed("door.role", verb="x", needs="y"))

        SignDialog(
            self, "林秀英", "批准这 3 份结果", [f"FY20261123041{at} 豇豆 阴性" for at in range(3)], attempt
        ).open()


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    def banners() -> None:
        screen.desk.banner("link", "胶体金读数仪 断线 2 分钟，正在重连", "warn")
        screen.desk.banner("control", "农残仪 今日对照未通过：ΔA 0.12 低于 0.30\n请换底物后重做对照。", "wrong",
                           details="DriverError(...)")  # fmt: skip
        screen.desk.toast("这里不用扫码", "wrong")

    def tab(number: int) -> Callable[[], None]:
        def enter() -> None:
            screen.tabs.setCurrentIndex(number)
            screen.fill()
            screen.desk.changed.emit()

        return enter

    def wrong() -> None:
        tab(1)()
        screen.form.fill(
            {"sampled": "0803", "hour": "2579", "amount": "3。5", "business": "连江县<b>凤城</b>市场"}
        )
        screen.form.complete()

    def window() -> Any:
        return screen.window()

    return [("full", tab(0)), ("form", tab(1)), ("wrong", wrong), ("evidence", tab(2)), ("banners", banners),
            ("sign", screen.sign), ("keys", lambda: window().show_keys()),
            ("search", lambda: window().search())]  # fmt: skip
