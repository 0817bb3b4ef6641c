"""The way to the server: TLS by a CA of one's own, whose certificate and name are checked; told in words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from lims.app import open_laboratory
from lims.bench import diagnosis
from lims.cli import main
from lims.errors import StorageUnfit
from lims.storage.link import link
from tests.laboratory import Lab, found_lab, opened_lab
from tests.servers import Servers
from tests.tlsfront import Front, authority


@pytest.fixture
def behind(
    tmp_path: Path, servers: Servers, founded: tuple[str, dict[str, str]]
) -> Iterator[tuple[Front, str, Path]]:
    """A TLS front before a server's database, the database's name, and its CA."""
    address = servers.fresh(founded[0])
    ca, certificate = authority(tmp_path / "ca")
    folder = str(make_url(address).query["host"])
    front = Front(Path(folder) / ".s.PGSQL.5432", certificate)
    yield front, str(make_url(address).database), ca
    front.close()


def test_a_server_is_taken_by_its_certificate_and_its_name(
    behind: tuple[Front, str, Path], founded: tuple[str, dict[str, str]], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    front, name, ca = behind
    told = f"postgresql://postgres@localhost:{front.port}/{name}?sslmode=verify-full&sslrootcert={ca}"
    lab = opened_lab(tmp_path / "lab", told, founded[1])
    number = lab.draw()
    found = link(lab.station.store.engine)
    assert (found.encrypted, found.checked, found.standby, found.kept_twice) == (True, True, False, False)
    assert diagnosis.database(lab.laboratory)["link"] == found
    lab.close()
    assert main.run(["database", "state", "--database", told, "--dir", str(tmp_path / "lab")]) == 0
    assert "TLS" in capsys.readouterr().out
    other, _ = authority(tmp_path / "other")
    for wrong in (told.replace(str(ca), str(other)), told.replace("localhost", "127.0.0.1")):
        with pytest.raises(StorageUnfit, match=r"storage\.server_untrusted"):
            open_laboratory(tmp_path / "lab", wrong)
    loose = told.replace("verify-full", "require").replace(f"&sslrootcert={ca}", "")
    again = opened_lab(tmp_path / "lab", loose, founded[1])
    assert (link(again.station.store.engine).encrypted, link(again.station.store.engine).checked) == (
        True,
        False,
    )
    assert number
    again.close()


def test_a_file_has_no_server(tmp_path: Path) -> None:
    lab: Lab = found_lab(tmp_path / "lab")
    with pytest.raises(StorageUnfit, match=r"storage\.no_server"):
        link(lab.station.store.engine)
    lab.close()
