"""Programs for `python -c` whose start is measured: each shows a window and says so when it was painted."""

SAY = """
def said(window):
    from PySide6.QtCore import QTimer
    def now():
        window.repaint()
        print("shown", flush=True)
        os._exit(0)
    QTimer.singleShot(0, now)
"""

EMPTY = f"""
import os, sys
from PySide6.QtWidgets import QApplication, QMainWindow
{SAY}
app = QApplication([])
window = QMainWindow()
window.resize(1366, 768)
window.show()
said(window)
app.exec()
"""
"""A window of Qt with nothing in it."""

DESKTOP = f"""
import os, sys
from pathlib import Path
from gui import app as desktop
from gui.ties import Ties
{SAY}
def opener():
    from lims.app import open_laboratory
    return desktop.Opened(open_laboratory(Path(sys.argv[1])).lims)
started = desktop.Desktop(Ties(sign_in=lambda *_: None))
started.show(opener)
said(started.shell)
started.app.exec()
"""
"""The desktop as `gui.app` shows it, its laboratory opened behind it."""

PROGRAM = f"""
import os, sys
from pathlib import Path
{SAY}
folder = sys.argv[1]
sys.argv = ["kuaijian", "desktop", "--dir", folder]
from gui import app as desktop, program
plain = desktop.Desktop.show
def show(self, opener):
    plain(self, opener)
    said(self.shell)
desktop.Desktop.show = show
program.main()
"""
"""The whole command `kuaijian desktop`, as a person starts it."""
