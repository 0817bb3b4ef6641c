from pathlib import Path

import pytest

from gui import inputmethod

IBUS = {"QT_IM_MODULE": "ibus", "IBUS_USE_PORTAL": "1"}


@pytest.mark.parametrize(
    ("environ", "running", "changes"),
    [
        ({"QT_IM_MODULE": "fcitx"}, {"fcitx5"}, IBUS),
        ({"QT_IM_MODULE": "fcitx5"}, {"fcitx5", "bash"}, IBUS),
        ({"QT_IM_MODULES": "wayland;fcitx"}, {"fcitx5"}, IBUS | {"QT_IM_MODULES": "ibus"}),
        ({"XMODIFIERS": "@im=fcitx"}, {"fcitx5"}, IBUS),
        ({"QT_IM_MODULE": "ibus"}, {"fcitx5"}, {}),
        ({"QT_IM_MODULE": "fcitx"}, {"fcitx"}, {}),
        ({"QT_IM_MODULE": "fcitx"}, set(), {}),
        ({}, {"fcitx5"}, {}),
        ({"QT_IM_MODULE": "fcitx", "IBUS_USE_PORTAL": "1"}, {"fcitx5"}, {"QT_IM_MODULE": "ibus"}),
    ],
)
def test_the_input_method_that_qt_can_speak_to_is_chosen(
    environ: dict[str, str], running: set[str], changes: dict[str, str]
) -> None:
    assert inputmethod.adapt(environ, running) == changes


def test_a_plugin_of_its_own_is_left_alone() -> None:
    assert inputmethod.adapt({"QT_IM_MODULE": "fcitx"}, {"fcitx5"}, {"fcitx", "ibus"}) == {}


@pytest.mark.usefixtures("dressed")
def test_the_wheel_carries_ibus_and_no_fcitx() -> None:
    plugins = inputmethod.own_plugins()
    assert "ibus" in plugins
    assert not plugins.intersection(inputmethod.FCITX)


def test_the_names_of_running_programs_are_read(tmp_path: Path) -> None:
    for number, name in (("12", "fcitx5"), ("13", "bash")):
        (tmp_path / number).mkdir()
        (tmp_path / number / "comm").write_text(f"{name}\n", encoding="utf-8")
    (tmp_path / "14").mkdir()
    assert inputmethod.running_programs(tmp_path) == {"fcitx5", "bash"}
