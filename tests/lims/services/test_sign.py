"""Signatures: over the entry's bytes with their meaning, by the person's own key, checked by anybody."""

from dataclasses import replace

import pytest

from lims.errors import Invalid, NotAllowed
from lims.evidence import signing
from lims.evidence.signing import SoftwareKeys
from lims.queries import audit, signatures
from lims.services import plan, sample, sign
from lims.services.identify import Confirmed
from lims.services.sign import unlocked
from lims.storage.log import entries
from tests.custody import proof
from tests.laboratory import Lab, filled
from tests.thrift import PINS_COST

PIN = "correct horse battery"


def keyed(lab: Lab, login: str) -> SoftwareKeys:
    keys = SoftwareKeys(lab.laboratory.folder.root / "keys")
    public = keys.create(lab.accounts[login], PIN)
    lab.as_("zheng").do(sign.issue_key, account=lab.accounts[login], public=public, algorithm=keys.algorithm)
    return keys


def test_a_guess_at_a_pin_costs_what_the_standard_asks() -> None:
    assert PINS_COST["memory_cost"] >= 64 * 1024  # KiB
    assert PINS_COST["time_cost"] >= 3


def test_a_signed_act_is_attested_by_the_entry_that_follows(lab: Lab) -> None:
    keys = keyed(lab, "chen")
    unlocked(lab.as_("chen"), keys, PIN).do(sample.draw, filled())
    (signed,) = lab.as_("zheng").ask(signatures.listed)
    assert (signed.meaning, signed.name, signed.holds) == ("采样", "陈抽样", True)
    with lab.station.store.engine.connect() as connection:
        log = [data for data, _ in entries(connection, "LJ", "LJ01")]
    assert b'"verb":"sample.draw"' in log[signed.seq]
    assert b'"verb":"sign.attest"' in log[signed.seq + 1]
    assert lab.as_("zheng").ask(audit.verify).ok


def test_whoever_has_a_key_cannot_act_unsigned(lab: Lab) -> None:
    keyed(lab, "chen")
    with pytest.raises(NotAllowed, match=r"sign\.needed"):
        lab.as_("chen").do(sample.draw, filled())
    assert lab.as_("zheng").ask(signatures.listed) == []


def test_a_laboratory_may_require_signatures_of_everybody(lab: Lab) -> None:
    lab.as_("chen").do(sample.draw, filled())
    lab.as_("zheng").do(sign.require, "yes")
    with pytest.raises(NotAllowed, match=r"sign\.needed"):
        lab.as_("chen").do(sample.draw, filled())
    with pytest.raises(Invalid, match=r"sign\.require"):
        lab.as_("zheng").do(sign.require, "maybe")


def test_the_wrong_pin_signs_nothing(lab: Lab) -> None:
    keys = keyed(lab, "chen")
    with pytest.raises(NotAllowed, match=r"sign\.pin_wrong"):
        unlocked(lab.as_("chen"), keys, PIN + "x")
    with pytest.raises(NotAllowed, match=r"sign\.no_key"):
        unlocked(lab.as_("lin"), keys, PIN)


def test_a_key_is_issued_anew_only_by_two_people(lab: Lab) -> None:
    keys = keyed(lab, "chen")
    old = keys.open(lab.accounts["chen"], PIN)
    public = keys.create(lab.accounts["chen"], PIN)
    again = {"account": lab.accounts["chen"], "public": public, "algorithm": keys.algorithm}
    zheng = lab.as_("zheng")
    for second in (None, proof(lab, "zheng"), proof(lab, "chen")):
        with pytest.raises(NotAllowed, match=r"sign\.two_people"):
            zheng.do(sign.issue_key, **again, second=second)
    for unproved in (
        Confirmed(lab.accounts["wang"], ""),
        replace(proof(lab, "lin"), account=lab.accounts["wang"]),
    ):
        with pytest.raises(NotAllowed, match=r"custody\.proof"):
            zheng.do(sign.issue_key, **again, second=unproved)
    zheng.do(sign.issue_key, **again, second=proof(lab, "wang"))
    with pytest.raises(NotAllowed, match=r"sign\.key_ended"):
        lab.as_("chen").signing(old).do(sample.draw, filled())
    unlocked(lab.as_("chen"), keys, PIN).do(sample.draw, filled())


def test_a_signature_moved_to_another_entry_does_not_hold(lab: Lab) -> None:
    keys = keyed(lab, "chen")
    signer = keys.open(lab.accounts["chen"], PIN)
    leaf, other = b"\1" * 32, b"\2" * 32
    value = signer.sign(signing.statement(leaf, "采样", signer.key, "n")).hex()
    public = signer.private.public_key().public_bytes_raw().hex()
    assert signing.verify(public, value, signing.statement(leaf, "采样", signer.key, "n"))
    for moved in (
        signing.statement(other, "采样", signer.key, "n"),
        signing.statement(leaf, "复核", signer.key, "n"),
        signing.statement(leaf, "采样", "0" * 16, "n"),
        signing.statement(leaf, "采样", signer.key, "m"),
    ):
        assert not signing.verify(public, value, moved)
    assert not signing.verify("zz", value, b"")


def test_without_a_keyring_the_pin_must_be_a_passphrase(lab: Lab) -> None:
    keys = SoftwareKeys(lab.laboratory.folder.root / "keys")
    with pytest.raises(Invalid, match=r"sign\.pin_short"):
        keys.create("x", "123456")


class Ring:
    """A keyring that may lose what it was given."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put(self, name: str, secret: bytes) -> None:
        self.held[name] = secret

    def get(self, name: str) -> bytes | None:
        return self.held.get(name)


def test_a_keyring_holds_half_of_what_wraps_a_key(lab: Lab) -> None:
    ring = Ring()
    keys = SoftwareKeys(lab.laboratory.folder.root / "keys", ring)
    keys.create("x", "123456")
    assert keys.open("x", "123456").key
    with pytest.raises(NotAllowed, match=r"sign\.pin_wrong"):
        keys.open("x", "123457")
    ring.held.clear()
    with pytest.raises(NotAllowed, match=r"sign\.keyring_lost"):
        keys.open("x", "123456")


def test_acts_without_a_meaning_need_no_signature(lab: Lab) -> None:
    keyed(lab, "zheng")
    lab.as_("zheng").do(plan.count_kinds, "rapid")
    assert lab.as_("zheng").ask(signatures.listed) == []


class Pulled:
    """A key in hardware that is pulled out between the PIN and the signature."""

    key = ""

    def sign(self, data: bytes) -> bytes:
        raise NotAllowed("sign.pin", unsigned=len(data))


def test_a_key_pulled_before_it_signs_leaves_no_signature_and_no_act(lab: Lab) -> None:
    keyed(lab, "chen")
    pulled = Pulled()
    pulled.key = str(lab.as_("chen").ask(sign.present_key, lab.accounts["chen"]))
    before = lab.station.ask(audit.acts, count=1)[0].seq
    with pytest.raises(NotAllowed, match=r"sign\.pin"):
        lab.as_("chen").signing(pulled).do(sample.draw, filled())
    assert lab.as_("zheng").ask(signatures.listed) == []
    assert lab.station.ask(audit.acts, count=1)[0].seq == before
    pulled.key = "0123456789abcdef"
    with pytest.raises(NotAllowed, match=r"sign\.key_ended"):
        lab.as_("chen").signing(pulled).do(sample.draw, filled())
