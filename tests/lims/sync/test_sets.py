"""What the county decided flows down to its vans, and counts there as it counts in the county."""

from pathlib import Path

from lims.queries import audit, methods, rules
from lims.services import edition
from lims.services import rules as acts
from tests.laboratory import today
from tests.lims.sync.vans import Van, county_and_van, issue

GB = "GBT5009.199-2003"


def judged_by(van: Van) -> tuple[str, str]:
    (one,) = (each for each in van.lims.ask(methods.in_force) if each.id == GB)
    return str(one.threshold), one.rule


def test_methods_confirmations_and_refusals_come_to_a_van(tmp_path: Path) -> None:
    van = county_and_van(tmp_path)
    manager, signatory = (van.county.as_(login) for login in ("zheng", "zhao"))
    said = {"threshold": "40", "source": "县内文件", "clause": "≥ 40 %"}
    before = judged_by(van)
    wanted = manager.do(acts.method, GB, said, effective_from=today(), reason="更严")
    signatory.do(edition.publish, edition=wanted)
    unwanted = manager.do(acts.method, GB, {**said, "threshold": "90"}, effective_from=today(), reason="放宽")
    signatory.do(edition.refuse, edition=unwanted, reason="没有依据")
    (mark,) = (one.mark for one in signatory.ask(methods.listed) if one.method.id == "KIT-CAP-STRIP")
    signatory.do(acts.confirm, mark, source="说明书第 2 页")
    van.sync()
    assert judged_by(van) == before
    issue(van.county, "rules")
    van.sync()
    assert judged_by(van)[0] == "40"
    assert judged_by(van) != before
    told = {one.line.id: one.line for one in van.lims.ask(rules.proposals)}
    assert told[unwanted].refusal == "没有依据"
    confirmed = [one.confirmed for one in van.lims.ask(methods.listed) if one.method.id == "KIT-CAP-STRIP"]
    assert confirmed == [f"赵签字 {today().isoformat()}"]
    issue(van.county, "rules")
    van.sync()
    assert judged_by(van)[0] == "40"
    assert van.lims.ask(audit.verify).ok
    van.laboratory.close()
    van.county.close()
