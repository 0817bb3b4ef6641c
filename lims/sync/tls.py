"""Stations know one another on the net by their own keys: certificates that each signs for itself, without an end.

The wall clock of a van may stand at 2010, so a certificate's dates say nothing: what counts is its key.
"""

import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from lims.errors import StorageUnfit
from lims.evidence.notes import FileSigner
from lims.storage.files import keep
from lims.sync.identity import Identity

_BEGIN, _END = datetime(1970, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_KEY = "-----BEGIN PRIVATE KEY-----"


def certificate(identity: Identity) -> str:
    """Return a station's certificate in PEM: its log's origin and its key, signed by that key; always the same bytes.

    Raises:
        StorageUnfit: the key lies in hardware that signs no certificates.
    """
    if not isinstance(identity.signer, FileSigner):
        raise StorageUnfit("sync.hardware_key")
    return _made(identity.origin, identity.signer.private).public_bytes(Encoding.PEM).decode()


def _made(origin: str, private: Ed25519PrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, origin)])
    serial = int.from_bytes(private.public_key().public_bytes_raw()[:16], "big") | 1
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=private.public_key(),
        serial_number=serial,
        not_valid_before=_BEGIN,
        not_valid_after=_END,
    )
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(
        private, None
    )


def public_of(pem: str) -> bytes:
    """Return the Ed25519 key of a certificate, empty bytes when it holds another kind or is none."""
    try:
        public = x509.load_pem_x509_certificate(pem.encode()).public_key()
    except ValueError:
        return b""
    return public.public_bytes_raw() if isinstance(public, Ed25519PublicKey) else b""


def public_of_der(der: bytes) -> bytes:
    """Return the Ed25519 key of a certificate as the net hands it over."""
    public = x509.load_der_x509_certificate(der).public_key()
    return public.public_bytes_raw() if isinstance(public, Ed25519PublicKey) else b""


def keep_pair(identity: Identity, folder: Path) -> tuple[Path, Path]:
    """Return the files of certificate and key, for a library that takes files alone.

    Raises:
        StorageUnfit: they cannot be written.
    """
    shown, key = folder / "keys" / "net.certificate.pem", folder / "keys" / f"{_file(identity.origin)}.pem"
    try:
        load_pem_private_key(key.read_bytes(), password=None)
        keep(shown, certificate(identity).encode())
    except (OSError, ValueError) as fault:
        raise StorageUnfit("note.key_file", file=str(key), reason=str(fault)) from None
    return shown, key


def _file(origin: str) -> str:
    return "".join(c if c.isalnum() or c in "_-" else "-" for c in origin)


def context(identity: Identity, folder: Path, peers: Iterable[str], *, server: bool) -> ssl.SSLContext:
    """Return what both sides of a connection demand: TLS 1.3, and a certificate that is among `peers` (PEM).

    Raises:
        StorageUnfit: our own certificate cannot be written.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.check_hostname = False  # a peer is its key, wherever it stands
    made.verify_mode = ssl.CERT_REQUIRED
    trust(made, peers)
    made.load_cert_chain(*keep_pair(identity, folder))
    return made


def trust(context_: ssl.SSLContext, peers: Iterable[str]) -> None:
    """Let a context accept further certificates."""
    for pem in peers:
        context_.load_verify_locations(cadata=pem)
