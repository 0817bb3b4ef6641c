"""Signing in: five wrong passwords lock across a restart; a role taken away in mid-session opens nothing more."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lims import clock
from lims.app import open_laboratory
from lims.errors import NotAllowed
from lims.queries import oversight, trace
from lims.services import enrol, review
from lims.storage.unit import View
from tests.laboratory import PASSWORD, Lab, found_lab
from tests.positives import positive


def test_five_wrong_passwords_lock_the_account_across_a_restart(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    for n in range(enrol.TRIES):
        with pytest.raises(NotAllowed, match=r"sign_in\.wrong"):
            enrol.sign_in(lab.station, "lin", f"wrong-{n}")
        if n == 2:
            lab.close()
            lab = Lab(open_laboratory(tmp_path / "lab"), lab.accounts)
    lab.close()
    lab = Lab(open_laboratory(tmp_path / "lab"), lab.accounts)
    with pytest.raises(NotAllowed, match=r"sign_in\.locked"):
        enrol.sign_in(lab.station, "lin", PASSWORD)
    assert enrol.sign_in(lab.station, "wang", PASSWORD).actor.name == "王复核"
    told = [one for one in lab.as_("zheng").ask(oversight.queue) if one.kind == "access_changed"]
    assert [one.subject for one in told] == ["lin"]
    later = clock.now() + enrol.LOCKED_FOR + timedelta(seconds=1)
    with Session(lab.station.store.engine) as session:
        view = View(session, lab.station.store.place, lab.station.actor, later)
        assert enrol.credentials(view, "lin").locked_until is None
    lab.close()


def test_a_role_taken_away_in_mid_session_opens_nothing_more(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    number = positive(lab)
    wang = lab.as_("wang")
    (finding,) = wang.ask(trace.sample, number).findings
    lab.as_("admin").do(enrol.set_roles, lab.accounts["wang"], "sampler")
    with pytest.raises(NotAllowed, match=r"door\.role_taken.*roles=reviewer"):
        wang.do(review.approve, finding.verdict)
    lab.as_("admin").do(enrol.set_roles, lab.accounts["wang"], "reviewer")
    wang.do(review.approve, finding.verdict)
    lab.close()
