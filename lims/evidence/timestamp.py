"""Time stamps of a service outside (RFC 3161): asked for over a head, checked down to a certificate we trust."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from lims.errors import Invalid, Tampered
from lims.evidence import der
from lims.evidence.der import Item

_SHA256 = bytes.fromhex("0609608648016503040201")
_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
_SIGNATURES = {
    "1.2.840.113549.1.1.1": None,
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a token states: when, its number, under which policy, and who signed it."""

    at: datetime
    serial: int
    policy: str
    signer: str


def request(data: bytes, nonce: int) -> bytes:
    """Return a TimeStampReq over the SHA-256 of `data` that asks for the signer's certificate too."""
    imprint = der.write(der.SEQUENCE, der.write(der.SEQUENCE, _SHA256 + b"\x05\x00") + _octets(data))
    return der.write(der.SEQUENCE, der.integer(1) + imprint + der.integer(nonce) + b"\x01\x01\xff")


def _octets(data: bytes) -> bytes:
    return der.write(der.OCTETS, hashlib.sha256(data).digest())


def token_of(response: bytes) -> bytes:
    """Return the token inside a TimeStampResp.

    Raises:
        Invalid: this is no such answer, or the service refused.
    """
    try:
        status, *rest = der.read(response).items()
        code = status.items()[0].number()
    except (ValueError, IndexError):
        raise Invalid("timestamp.form") from None
    if code not in {0, 1} or not rest:
        raise Invalid("timestamp.refused", status=code)
    return rest[0].whole


def verify(token: bytes, data: bytes, trusted: Sequence[x509.Certificate], nonce: int | None = None) -> Stamp:
    """Check a token over `data` down to one of the trusted certificates and return what it states.

    Args:
        token: the token in DER.
        data: what was stamped.
        trusted: certificates of authorities.
        nonce: of the request, when it is known.

    Raises:
        Invalid: this is no token of the forms known here.
        Tampered: it is for other data, another request, or its signature or chain does not hold.
    """
    try:
        signed = _Signed(token)
        stamp = _stated(signed, data, nonce)
        certificate = signed.check()
    except (ValueError, IndexError, TypeError, x509.ExtensionNotFound):
        raise Invalid("timestamp.form") from None
    _usage(certificate)
    _chain(certificate, signed.certificates, trusted, stamp.at)
    return Stamp(stamp.at, stamp.serial, stamp.policy, certificate.subject.rfc4514_string())


def _stated(signed: "_Signed", data: bytes, nonce: int | None) -> Stamp:
    info = der.read(signed.content).items()
    algorithm, digest = info[2].items()
    if algorithm.items()[0].whole != _SHA256 or digest.content != hashlib.sha256(data).digest():
        raise Tampered("timestamp.other")
    numbers = [item.number() for item in info[5:] if item.tag == der.INTEGER]
    if nonce is not None and numbers != [nonce]:
        raise Tampered("timestamp.nonce")
    return Stamp(info[4].time(), info[3].number(), info[1].oid(), "")


class _Signed:
    """The CMS SignedData of a token: what was signed, by whom, with which certificates beside it."""

    def __init__(self, token: bytes) -> None:
        kind, wrapped = der.read(token).items()
        if kind.oid() != _SIGNED_DATA:
            raise Invalid("timestamp.form")
        parts = wrapped.items()[0].items()
        what, held = parts[2].items()
        if what.oid() != _TST_INFO:
            raise Invalid("timestamp.form")
        self.content = held.items()[0].content
        own = [item for part in parts[3:-1] if part.tag == 0xA0 for item in part.items()]
        self.certificates = [x509.load_der_x509_certificate(item.whole) for item in own]
        signers = parts[-1].items()
        if len(signers) != 1:
            raise Invalid("timestamp.form")
        self.signer = signers[0].items()

    def check(self) -> x509.Certificate:
        """Return the certificate whose key signed it.

        Raises:
            Tampered: the digest, the signature or the certificate named in it is another.
        """
        hash_ = _HASHES.get(self.signer[2].items()[0].oid())
        attributes = self.signer[3]
        if hash_ is None or attributes.tag != 0xA0:
            raise Invalid("timestamp.form")
        told = {one.items()[0].oid(): one.items()[1].items() for one in attributes.items()}
        digest = hashes.Hash(hash_)
        digest.update(self.content)
        if told[_MESSAGE_DIGEST][0].content != digest.finalize():
            raise Tampered("timestamp.signature")
        if told[_CONTENT_TYPE][0].oid() != _TST_INFO:
            raise Tampered("timestamp.signature")
        certificate = self._certificate()
        _named(told, certificate)
        over = bytes([der.SET]) + attributes.whole[1:]
        _holds(certificate, (self.signer[4], hash_), self.signer[5].content, over)
        return certificate

    def _certificate(self) -> x509.Certificate:
        issuer, serial = self.signer[1].items()
        for one in self.certificates:
            if one.issuer.public_bytes() == issuer.whole and one.serial_number == serial.number():
                return one
        raise Tampered("timestamp.signature")


def _named(told: dict[str, list[Item]], certificate: x509.Certificate) -> None:
    """Make sure that the signed attributes name this certificate (RFC 5035, RFC 2634)."""
    known: dict[str, Callable[[bytes], Any]] = {
        _SIGNING_CERTIFICATE_2: hashlib.sha256,
        _SIGNING_CERTIFICATE: hashlib.sha1,
    }
    whole = certificate.public_bytes(Encoding.DER)
    for oid, hash_ in known.items():
        if oid in told:
            parts = told[oid][0].items()[0].items()[0].items()
            if parts[0].tag == der.SEQUENCE:  # another hash than the usual one is named first
                name = _HASHES[parts.pop(0).items()[0].oid()].name
                digest = hashlib.new(name, whole).digest()
            else:
                digest = hash_(whole).digest()
            if parts[0].content == digest:
                return
    raise Tampered("timestamp.signature")


def _holds(
    certificate: x509.Certificate, how: tuple[Item, hashes.HashAlgorithm], signature: bytes, over: bytes
) -> None:
    oid, hash_ = how[0].items()[0].oid(), how[1]
    if oid not in _SIGNATURES or _SIGNATURES[oid] not in {None, hash_.name}:
        raise Invalid("timestamp.form")
    key = certificate.public_key()
    try:
        match key:
            case rsa.RSAPublicKey():
                key.verify(signature, over, padding.PKCS1v15(), hash_)
            case ec.EllipticCurvePublicKey():
                key.verify(signature, over, ec.ECDSA(hash_))
            case _:
                raise Invalid("timestamp.form")
    except InvalidSignature:
        raise Tampered("timestamp.signature") from None


def _usage(certificate: x509.Certificate) -> None:
    """Make sure that the certificate is for time stamps alone, as RFC 3161 section 2.3 asks."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise Tampered("timestamp.chain") from None
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise Tampered("timestamp.chain")


def _chain(
    leaf: x509.Certificate,
    beside: Sequence[x509.Certificate],
    trusted: Sequence[x509.Certificate],
    at: datetime,
) -> None:
    current = leaf
    for _ in range(_DEEPEST):
        if not current.not_valid_before_utc <= at <= current.not_valid_after_utc:
            raise Tampered("timestamp.chain")
        if current in trusted:
            return
        issuer = next((one for one in (*trusted, *beside) if _issued(current, one)), None)
        if issuer is None or issuer == current:
            break
        current = issuer
    raise Tampered("timestamp.chain")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return constraints.value.ca


def certificates(pem: str) -> list[x509.Certificate]:
    """Read certificates in PEM.

    Raises:
        Invalid: there is none.
    """
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise Invalid("timestamp.certificates") from None
