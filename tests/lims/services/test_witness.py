"""Another station's word: it co-signs only what grew and keeps two histories; a time service stamps heads."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from lims.app import Founding, Laboratory, found, open_laboratory
from lims.errors import Invalid, LimsError, NotFound, RuleBroken, StorageUnfit, Tampered
from lims.evidence import notes, timestamp
from lims.queries import proofs
from lims.services import stamp, witness
from tests.laboratory import Lab, found_lab

OPENSSL = """
[ req ]
distinguished_name = dn
x509_extensions = ca
prompt = no
[ dn ]
CN = Test time-stamp authority
[ ca ]
basicConstraints = critical,CA:true
[ tsa ]
basicConstraints = CA:false
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[ tsa_config ]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Lab, Laboratory]]:
    """A laboratory and another site that trusts it."""
    lab = found_lab(tmp_path / "lab")
    other = found(Founding("FZ", "FZ01", "福州市快检室"), tmp_path / "other")
    lab.laboratory.sealing.leave("shift")
    key = lab.station.ask(proofs.present_key)
    own = other.sealing.signer()
    assert key is not None
    manager = other.lims.acting(lab.as_("zheng").actor)
    manager.do(witness.trust, key.text())
    lab.as_("zheng").do(witness.trust, notes.Key(other.sealing.origin, own.public).as_witness().text())
    yield lab, other
    lab.close()
    other.close()


def seen(lab: Lab, other: Laboratory) -> None:
    """Have the other site co-sign the head of now, and keep what it gives back."""
    request = witness.ask(lab.laboratory.sealing, other.sealing.origin)
    note = witness.cosign(other.sealing, request)
    witness.receive(lab.laboratory.sealing, note.text(), other.sealing.origin)


def test_a_witness_follows_a_log_that_grows(pair: tuple[Lab, Laboratory]) -> None:
    lab, other = pair
    seen(lab, other)
    first = lab.station.ask(witness.cosigned_size, other.sealing.origin)
    lab.received(2)
    seen(lab, other)
    assert lab.station.ask(witness.cosigned_size, other.sealing.origin) > first > 0
    held = other.lims.ask(witness.holds, lab.laboratory.sealing.origin)
    assert held is not None
    assert lab.station.ask(proofs.standing, held).word == "extends"
    with pytest.raises(LimsError, match=r"checkpoint\.form"):
        witness.receive(
            lab.laboratory.sealing, witness.ask(lab.laboratory.sealing, other.sealing.origin), "x"
        )


def test_a_log_that_went_back_is_not_co_signed_and_both_heads_are_kept(
    pair: tuple[Lab, Laboratory], tmp_path: Path
) -> None:
    lab, other = pair
    root = lab.laboratory.folder.root
    lab.close()
    shutil.copy(root / "laboratory.db", tmp_path / "yesterday.db")
    lab = Lab(open_laboratory(root), lab.accounts)
    lab.received(3)
    seen(lab, other)
    lab.close()
    for name in ("laboratory.db-wal", "laboratory.db-shm"):
        (root / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "yesterday.db", root / "laboratory.db")
    shutil.rmtree(root / "checkpoints")  # the owner takes away what lay outside, too
    lab = Lab(open_laboratory(root), lab.accounts)
    assert lab.laboratory.barred is None
    lab.received(6)
    held = other.lims.ask(witness.holds, lab.laboratory.sealing.origin)
    assert held is not None
    with pytest.raises((Tampered, Invalid), match=r"witness\.(conflict|stale)"):
        seen(lab, other)
    forged = f"old {held.size}\n\n" + lab.laboratory.sealing.leave("witness").text()
    with pytest.raises(Tampered, match=r"witness\.conflict"):
        witness.cosign(other.sealing, forged)
    (conflict,) = other.lims.ask(witness.conflicts)
    assert [part in conflict.text() for part in ("== held ==", "== offered ==", "== proof ==")] == [True] * 3
    assert notes.parse(conflict.held).body != notes.parse(conflict.offered).body
    lab.close()


def test_a_stranger_is_not_co_signed(pair: tuple[Lab, Laboratory], tmp_path: Path) -> None:
    lab, other = pair
    head = lab.station.ask(proofs.head)
    stranger = notes.file_signer(tmp_path / "keys", lab.laboratory.sealing.origin)
    note = notes.sign(head.text(), lab.laboratory.sealing.origin, stranger)
    with pytest.raises(RuleBroken, match=r"witness\.unsigned"):
        witness.cosign(other.sealing, f"old 0\n\n{note.text()}")
    with pytest.raises(Invalid, match=r"witness\.form"):
        witness.cosign(other.sealing, "old x\n\n")


class Authority:
    """A time-stamp authority made with openssl, behind a port of this computer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "ts.cnf").write_text(OPENSSL.format(folder=folder), "utf-8")
        (folder / "serial").write_text("01\n", "ascii")
        self._run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-keyout", "ca.key", "-out", "ca.pem",
                  "-config", "ts.cnf")  # fmt: skip
        self._run(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "tsa.key",
            "-out",
            "tsa.csr",
            "-config",
            "ts.cnf",
        )
        self._run("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "2", "-days",
                  "30", "-extfile", "ts.cnf", "-extensions", "tsa", "-out", "tsa.pem")  # fmt: skip

    @property
    def trusted(self) -> str:
        return (self.folder / "ca.pem").read_text("ascii")

    def answer(self, query: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        self._run("ts", "-reply", "-queryfile", "query.tsq", "-signer", "tsa.pem", "-inkey", "tsa.key", "-chain",
                  "ca.pem", "-config", "ts.cnf", "-section", "tsa_config", "-out", "answer.tsr")  # fmt: skip
        return (self.folder / "answer.tsr").read_bytes()

    def _run(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)


@contextmanager
def served(answer: "Authority", spoil: bool = False) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = answer.answer(self.rfile.read(int(self.headers["Content-Length"])))
            if spoil:
                data = data[:-5] + bytes([data[-5] ^ 1]) + data[-4:]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_head_is_stamped_by_a_service_and_the_token_holds_for_it_alone(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    zheng, sealing = lab.as_("zheng"), lab.laboratory.sealing
    with pytest.raises(NotFound, match=r"timestamp\.none"):
        stamp.fetch(sealing)
    authority = Authority(tmp_path / "tsa")
    with served(authority) as url:
        zheng.do(stamp.configure, url=url, certificates=authority.trusted)
        stated = stamp.fetch(sealing)
        (kept,) = zheng.ask(stamp.stamps)
        assert stated.at == kept.at
        trusted = timestamp.certificates(authority.trusted)
        assert timestamp.verify(kept.token, kept.note.encode(), trusted).at == kept.at
        with pytest.raises(Tampered, match=r"timestamp\.other"):
            timestamp.verify(kept.token, kept.note.encode() + b" ", trusted)
    with served(authority, spoil=True) as url:
        zheng.do(stamp.configure, url=url, certificates=authority.trusted)
        with pytest.raises(LimsError, match=r"timestamp\."):
            stamp.fetch(sealing)
    with pytest.raises(StorageUnfit, match=r"timestamp\.away"):
        stamp.fetch(sealing)
    other = Authority(tmp_path / "other")
    with served(authority) as url:
        zheng.do(stamp.configure, url=url, certificates=other.trusted)
        with pytest.raises(Tampered, match=r"timestamp\."):
            stamp.fetch(sealing)
    assert len(zheng.ask(stamp.stamps)) == 1
    with pytest.raises(Invalid, match=r"timestamp\.url"):
        zheng.do(stamp.configure, url="ftp://x", certificates=authority.trusted)
    lab.close()
