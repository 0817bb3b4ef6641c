"""The core of the tests under the installed Windows Python: what a result is made of, from frames to the sealed log.

What Windows or Wine has no means for is named here with its reason, so that nothing is left out in silence.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from installer import wheels
from installer.environment import ROOT

CORE = (
    "tests/protocols",
    "tests/drivers",
    "tests/contracts",
    "tests/lims/rules",
    "tests/lims/evidence",
    "tests/lims/storage",
)
NEEDED = frozenset({"pytest", "pytest-qt", "hypothesis", "pyvisa-sim", "zxing-cpp"})
TARGET = wheels.Target("windows-suite", wheels.WINDOWS.platforms, wheels.WINDOWS.markers)

TERMINALS = "plays a device on a terminal of Linux; Windows has none, and Wine's own ports are no real ones"
LIMITS = "limits its own memory or disk by `resource`, which Windows lacks"
MOUNTS = "reads the table of file systems that Linux keeps; a network drive of Windows has its own test"
PIPES = "makes a named pipe in a folder"
SERVER = "wants a PostgreSQL server in the same system"
SOURCES = "reads the program's sources, which do not lie beside these tests"
LINTER = "runs the linter, which is no part of what is tried"
WATCHED = "removes a folder that is watched, which Wine keeps until nobody watches it"
KILLED = "kills processes, and Wine at times keeps the sockets of a killed one open"
ALONE = "starts Python with paths of its own, and an embeddable Python takes them from its file alone"
LEFT_OUT = {
    "tests/drivers/test_finding.py": TERMINALS,
    "tests/drivers/test_gather.py": TERMINALS,
    "tests/drivers/test_links.py": TERMINALS,
    "tests/drivers/test_registers.py": TERMINALS,
    "tests/drivers/test_journal.py": LIMITS,
    "tests/drivers/test_crew.py::test_three_kinds_of_port_at_once": TERMINALS,
    "tests/drivers/test_crew.py::test_a_failure_is_visible_at_once_and_the_line_comes_back": TERMINALS,
    "tests/drivers/test_faults.py::test_a_host_of_another_speed": TERMINALS,
    "tests/drivers/test_live.py::test_an_assay_on_a_real_line_is_shown_live_and_handed_over_once": TERMINALS,
    "tests/drivers/test_player.py::test_a_player_on_a_terminal_waits_for_its_host": TERMINALS,
    "tests/drivers/test_newfile.py::test_its_files_are_clean": LINTER,
    "tests/drivers/test_folder_link.py::test_a_folder_that_is_gone_is_a_lost_line": WATCHED,
    "tests/drivers/test_selfcheck.py::test_twenty_kills_lose_and_double_nothing": KILLED,
    "tests/lims/evidence/test_verify_log.py::test_it_runs_alone_in_an_empty_folder": ALONE,
    "tests/lims/storage/test_attached.py::test_what_is_no_file_is_refused_and_holds_nobody_up": PIPES,
    "tests/lims/storage/test_attached.py::test_the_process_that_looks_is_held_to_its_memory_and_its_time": LIMITS,
    "tests/lims/storage/test_backup_faults.py::test_a_medium_that_fills_up_on_the_way_leaves_nothing": LIMITS,
    "tests/lims/storage/test_backup_faults.py::test_a_disk_that_is_full_refuses_and_loses_nothing": LIMITS,
    "tests/lims/storage/test_backup_faults.py::test_a_deleted_write_ahead_log_is_found_by_a_head_kept_outside": ALONE,
    "tests/lims/storage/test_backup_faults.py::test_a_killed_writer_keeps_every_acknowledged_sample": ALONE,
    "tests/lims/storage/test_backup.py::test_a_server_takes_a_laboratory_back": SERVER,
    "tests/contracts/test_nothing_erases_by_itself.py::test_one_place_alone_sends_what_erases_or_changes": SOURCES,
    "tests/lims/storage/test_link.py::test_a_server_is_taken_by_its_certificate_and_its_name": SERVER,
    "tests/lims/storage/test_fitness.py::test_the_file_system_of_a_folder_is_found": MOUNTS,
    "tests/lims/storage/test_fitness.py::test_a_folder_of_another_computer_is_refused_with_its_kind": MOUNTS,
    "tests/lims/storage/test_fitness.py::test_this_folder_will_do": MOUNTS,
    "tests/lims/storage/test_fitness.py::test_the_servers_settings_are_asked": SERVER,
    "tests/lims/storage/test_fitness.py::test_a_server_that_cannot_hold_chinese_is_refused": SERVER,
    "tests/lims/storage/test_moving.py::test_there_and_back_by_commands": SERVER,
}


def lay(program: Path) -> None:
    """Lay the committed tests and their packages beside an installed program, and let its Python find them."""
    suite = program / "suite"
    suite.mkdir()
    asked = ["git", "archive", "HEAD", "tests", "pyproject.toml"]
    packed = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(suite)], input=packed, check=True)
    kept = wheels.fetch(TARGET, ROOT / "build", more=NEEDED)
    wheels.unpack(kept, TARGET, program / "suite-lib")
    places = program / "python/python311._pth"
    places.write_bytes(places.read_bytes() + b"..\\suite-lib\r\n")


def arguments() -> Iterator[str]:
    """Say how the core is run: all of it, but what is left out by name, and what wants a server or a terminal."""
    yield from ("-X", "utf8", "-m", "pytest", "-q", "--tb=short", "-k", "not postgresql and not -pty]", *CORE)
    for place in LEFT_OUT:
        yield f"--deselect={place}" if "::" in place else f"--ignore={place}"
