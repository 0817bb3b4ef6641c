"""Commands about the log: is it whole, and do the tables say what it says."""

from dataclasses import replace

import typer

from lims.cli import evidence, oversight, signing
from lims.cli.options import AsJson, Database, Dir, opened, show, show_json
from lims.queries import audit


def add(app: typer.Typer) -> None:
    """Add the commands, and those about the keys of people."""
    group = typer.Typer(no_args_is_help=True, help="日志核查 / the log under examination")
    group.command("verify")(verify)
    group.command("log")(log)
    evidence.extend(group)
    oversight.extend(group)
    app.add_typer(group, name="audit")
    signing.add(app)


def verify(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """核查日志链并与各表比对 / check every entry and the tables; exit status 1 names the first bad one."""
    with opened(root, database, examine=True) as laboratory:
        found = laboratory.lims.ask(audit.verify)
        barred = laboratory.barred
    if barred is not None and barred.code == "storage.guards":
        found = replace(found, ok=False)  # whoever took the guards away may have done more than this can see
    if as_json:
        show_json(found)
    else:
        for state in found.logs:
            where = f"第 {state.first_bad} 条有误 / entry {state.first_bad} is bad: {state.reason}"
            bad = "完整 / whole" if state.ok else where
            show(f"{state.origin}  {state.size}  {state.root}  {bad}")
        if found.ok and not found.compared:
            show(
                "各表由更新版本写成，未与日志比对 / a newer program wrote the tables: not held against the log"
            )
        for difference in found.differences:
            show(f"{difference.table} {difference.key}: {difference.how}")
    if not found.ok:
        raise typer.Exit(1)


def log(root: Dir = None, database: Database = "", as_json: AsJson = False) -> None:
    """最近的日志条目 / the latest entries."""
    with opened(root, database) as laboratory:
        acts = laboratory.lims.ask(audit.acts)
    if as_json:
        show_json(acts)
        return
    for act in acts:
        show(f"{act.seq:>8} {act.at} {act.verb:<24} {act.actor} {act.why}")
