"""Bundles: the auditor's verifier and the program judge alike, and every damage is found."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lims.evidence import bundle, verify
from lims.evidence.examine import examine
from tests.lims.evidence.bundles import NUMBER, OTHER, made, packed, sealed_anew, weighed
from tests.lims.evidence.spoiling import KINDS, damaged


@pytest.mark.parametrize("seed", range(2))
def test_a_good_bundle_passes_by_both_and_by_the_file_alone(tmp_path: Path, seed: int) -> None:
    one = made(seed)
    path = tmp_path / "good.zip"
    bundle.write(path, one.files)
    both = weighed(path, path.read_bytes())
    assert both.verifier == both.program == (True, {NUMBER: (True, None), OTHER: (True, None)})
    (tmp_path / "verify.py").write_bytes(one.files["verify.py"])
    command = [sys.executable, "-I", "verify.py", path.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    told = done.stdout.decode()
    assert (done.returncode, told.count("通过\n")) == (0, 3), told
    assert "未证明: 整本日志没有被重写" in told


@pytest.mark.parametrize("part", range(4))
def test_both_judge_generated_bundles_alike(tmp_path: Path, part: int) -> None:
    kinds = set()
    for seed in range(part * 54, part * 54 + 54):
        case = damaged(seed)
        both = weighed(tmp_path / "one.zip", case.data)
        assert both.verifier == both.program, (seed, case.kind, case.covered)
        assert case.verdict in {None, both.verifier[0]}, (seed, case.kind, case.covered)
        kinds.add(case.kind)
    assert kinds == set(KINDS)


def test_an_insider_with_the_stations_key_cannot_forge_an_entry(tmp_path: Path) -> None:
    one = made(5)
    names = [name for name in one.files if name.endswith(".entry")]
    for name in names:
        forged = {**one.files, name: one.files[name].replace(b'"why":""', b'"why":"x"')}
        both = weighed(tmp_path / "one.zip", packed(sealed_anew(one, forged)))
        assert both.verifier == both.program
        assert not both.verifier[0]
        seq = int(name.rpartition("/")[2].partition(".")[0])
        told = {found for ok, found in both.verifier[1].values() if not ok}
        assert seq in told or None in told, "the first bad entry is named where it belongs to a sample"


def test_a_head_from_outside_is_compared(tmp_path: Path) -> None:
    one = made(3)
    path = tmp_path / "one.zip"
    bundle.write(path, one.files)
    log = verify._body(one.files["bundle.json"])["logs"][0]  # type: ignore[index]
    head = log["checkpoint"].rpartition("\n\n")[0] + "\n"
    assert verify.check_bundle(path, [head]).ok
    origin, size, root = head.splitlines()
    wrong = f"{origin}\n{size}\n{'A' * 43}=\n"
    report = verify.check_bundle(path, [wrong])
    assert (report.ok, report.faults) == (False, ["outside"])
    unknown = verify.check_bundle(path, [f"{origin}\n{int(size) + 7}\n{root}\n"])
    assert unknown.ok
    assert any("无法比对" in line for line in unknown.unproven)
    assert not verify.check_bundle(path, key="other+00000000+AA==").ok
    assert verify.check_bundle(path, key=log["key"]).ok


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all" * 50])
def test_what_is_no_bundle_is_a_bad_one(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "none.zip"
    path.write_bytes(data)
    report = verify.check_bundle(path)
    assert not report.ok
    assert not examine(path).ok
    assert report.faults == ["zip"]
    assert verify.main([str(path)]) == 1


def test_a_bomb_and_a_name_twice_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("0", bytes(1 << 24))
    data = bytearray(path.read_bytes())
    told = data.rindex(b"PK\x01\x02")
    data[told + 24 : told + 28] = (0x7FFFFFFF).to_bytes(
        4, "little"
    )  # what the directory says of its unpacked size
    path.write_bytes(data)
    assert verify.check_bundle(path).faults == ["zip"]
    assert not examine(path).ok


def test_the_same_content_gives_the_same_file(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        bundle.write(tmp_path / name, made(1).files)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
