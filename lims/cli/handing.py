"""Commands about a bag that changes hands: given to somebody of ours or to the county, received here."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from lims.cli import signing
from lims.cli.options import Database, Dir, Entered, Login, Password, acting, show, signed_in
from lims.cli.signing import Second
from lims.errors import Invalid
from lims.rules import amount
from lims.services import meeting, sample
from lims.services.meeting import Meeting, Ours
from lims.services.sample import Seen

Number = Annotated[str, typer.Argument(help="样品编号 / number of the sample")]
Seal = Annotated[
    str, typer.Option("--seal", help="袋上读到的封条号，无则为 / · seal as read on the bag, / for none")
]
SealState = Annotated[
    str, typer.Option("--seal-state", help="封条状态：intact、broken、missing 等 / state of the seal")
]
Condition = Annotated[str, typer.Option("--condition", help="外观：good 等 / condition, such as good")]
Quantity = Annotated[str, typer.Option("--quantity", help="数量，如 1.9 kg / quantity with its unit")]


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("hand-over")(hand_over)
    app.command("receive")(receive)


def hand_over(  # noqa: PLR0913, PLR0917 - every fact of a handover, which Typer hands over by name
    number: Number,
    place: Annotated[str, typer.Option("--place", help="交接地点 / where")],
    seal: Seal,
    seal_state: SealState,
    condition: Condition,
    login: Login,
    password: Password,
    second: Second,
    temperature: Annotated[str, typer.Option("--temperature", help="温度，℃ / degrees Celsius")] = "",
    quantity: Quantity = "",
    to_county: Annotated[
        bool,
        typer.Option(
            "--to-county", help="移交县里，此后只有县里可写 / to the county, which alone writes then"
        ),
    ] = False,
    root: Dir = None,
    database: Database = "",
) -> None:
    """交出样品：双方各用密码确认 / give a sample away: both people prove who they are by their passwords."""
    with signed_in(root, database, login, password) as (laboratory, lims):
        said = signing.secret("KUAIJIAN_SECOND_PASSWORD", "接收人密码 / password of who takes it")
        held = Meeting(
            Ours(login, password),
            Ours(second, said),
            place,
            seal,
            seal_state,
            condition,
            temperature=_degrees(temperature),
            quantity=_amount(quantity),
        )
        give = meeting.to_county if to_county else meeting.hold
        show(give(lims, laboratory.folder, number, held))


@acting
def receive(  # noqa: PLR0913, PLR0917 - every fact of a receipt, which Typer hands over by name
    entered: Entered,
    number: Number,
    seal: Seal,
    seal_state: SealState,
    condition: Condition,
    temperature: Annotated[
        str, typer.Option("--temperature", help="温度，带单位 / temperature with its unit")
    ] = "/",
    quantity: Quantity = "/",
    reason: Annotated[
        str, typer.Option("--reason", help="有异常时的原因 / reason where something is wrong")
    ] = "",
) -> None:
    """收样；快检车移交来的样品从此归县里 / receive a sample; one that a van handed over is then the county's."""
    laboratory, lims = entered
    door = signing.opened_for(laboratory, lims, sample.receive)
    seen = Seen(condition, seal_state, seal, temperature, quantity)
    show(door.do(sample.receive, number, seen, reason=reason))


def _degrees(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise Invalid("custody.figure", text=text) from None


def _amount(text: str) -> amount.Amount | None:
    found = amount.written(text) if text else None
    if text and found is None:
        raise Invalid("custody.amount", text=text)
    return found
