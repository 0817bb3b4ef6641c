"""Rules for passwords: length, age, history, one-use resets; each refusal leaves things as they were."""

import pytest
from sqlalchemy import text

from lims.errors import Invalid, NotAllowed
from lims.evidence.canonical import encode
from lims.services import enrol, passwords
from lims.storage.log import entries
from tests.laboratory import PASSWORD, Lab
from tests.thrift import PEOPLES_HASHER

NEW = "Another-day-2026"


def test_a_guess_at_a_peoples_hash_costs_what_the_standard_asks() -> None:
    hashed = PEOPLES_HASHER.hash(NEW)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.fits(hashed, NEW)


def test_a_reset_is_for_one_use(lab: Lab) -> None:
    reset = passwords.hash_password("for-one-use-only")
    lab.as_("admin").do(passwords.set_password, account=lab.accounts["lin"], password_hash=reset)
    with pytest.raises(NotAllowed, match=r"password\.due"):
        enrol.sign_in(lab.station, "lin", "for-one-use-only")
    signed_in = enrol.sign_in(lab.station, "lin", "for-one-use-only", NEW)
    assert signed_in.actor.account == lab.accounts["lin"]
    assert enrol.sign_in(lab.station, "lin", NEW).actor.name == "林检测"
    with pytest.raises(NotAllowed, match=r"sign_in\.wrong"):
        enrol.sign_in(lab.station, "lin", PASSWORD)


def test_only_the_administrator_sets_another_persons_password(lab: Lab) -> None:
    with pytest.raises(NotAllowed, match=r"password\.another"):
        lab.as_("zheng").do(
            passwords.set_password, account=lab.accounts["lin"], password_hash=passwords.hash_password(NEW)
        )


def test_former_passwords_and_short_ones_are_refused(lab: Lab) -> None:
    lab.as_("admin").do(passwords.set_policy, least=10, days=0, history=3, idle_minutes=5)
    assert enrol.sign_in(lab.station, "lin", PASSWORD, NEW).actor.account == lab.accounts["lin"]
    for old, new, code in (
        (NEW, PASSWORD, "password.used"),
        (NEW, NEW, "password.used"),
        (NEW, "short-one", "password.short"),
    ):
        with pytest.raises(Invalid) as refused:
            enrol.sign_in(lab.station, "lin", old, new)
        assert refused.value.code == code
    assert enrol.sign_in(lab.station, "lin", NEW).actor.account == lab.accounts["lin"]


def test_an_old_password_must_be_changed(lab: Lab) -> None:
    enrol.sign_in(lab.station, "lin", PASSWORD, NEW)
    lab.as_("admin").do(passwords.set_policy, least=8, days=30, history=0, idle_minutes=5)
    assert enrol.sign_in(lab.station, "lin", NEW).actor.account == lab.accounts["lin"]
    with lab.station.store.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("UPDATE password_set SET at = '2020-01-01T00:00:00.000Z'"))
    with pytest.raises(NotAllowed, match=r"password\.due"):
        enrol.sign_in(lab.station, "lin", NEW)


def test_no_password_stands_in_the_log(lab: Lab) -> None:
    enrol.sign_in(lab.station, "lin", PASSWORD, NEW)
    with lab.station.store.engine.connect() as connection:
        log = b"".join(data for data, _ in entries(connection, "LJ", "LJ01"))
    assert encode(NEW)[1:-1] not in log
    assert PASSWORD.encode() not in log


@pytest.mark.parametrize(("least", "days"), [(7, 0), (8, -1), (8, 1001)])
def test_rules_that_cannot_be_are_refused(lab: Lab, least: int, days: int) -> None:
    with pytest.raises(Invalid, match=r"password\.policy"):
        lab.as_("admin").do(passwords.set_policy, least=least, days=days, history=0, idle_minutes=5)
