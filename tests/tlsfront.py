"""TLS before the tests' PostgreSQL, which was built without: the greeting of libpq, then bytes both ways.

The certificate is made here by a CA of its own, for the name `localhost`. What is tested is the program's side: which
certificate it takes and which it refuses.
"""

import socket
import ssl
import struct
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_ASKS_TLS = struct.pack("!ii", 8, 80877103)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def authority(folder: Path, host: str = "localhost") -> tuple[Path, Path]:
    """Make a CA and a server's certificate by it; return the CA's file and the server's with its key."""
    folder.mkdir(parents=True, exist_ok=True)
    now, key, own = (
        datetime.now(UTC),
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    life = now - timedelta(days=1), now + timedelta(days=1)
    root = (
        x509.CertificateBuilder(
            _named("CA"), _named("CA"), key.public_key(), x509.random_serial_number(), *life
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    leaf = (
        x509.CertificateBuilder(
            _named("CA"), _named(host), own.public_key(), x509.random_serial_number(), *life
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    ca, server = folder / "ca.pem", folder / "server.pem"
    ca.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    server.write_bytes(leaf.public_bytes(serialization.Encoding.PEM) + plain)
    return ca, server


class Front:
    """Listens on loopback, speaks TLS there and plain bytes to the server's socket."""

    def __init__(self, behind: Path, certificate: Path) -> None:
        self._behind = behind
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()

    def _run(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError), line:
            if line.recv(8) != _ASKS_TLS:
                return
            line.sendall(b"S")
            with (
                self._context.wrap_socket(line, server_side=True) as safe,
                socket.socket(socket.AF_UNIX) as there,
            ):
                there.connect(str(self._behind))
                back = threading.Thread(target=_pump, args=(there, safe), daemon=True)
                back.start()
                _pump(safe, there)
                back.join(1)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
