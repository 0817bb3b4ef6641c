"""Acts that mean something: who has a key signs them with his PIN, whoever has none does them as they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lims.errors import LimsError, NotAllowed

if TYPE_CHECKING:
    from gui.work import Work


@dataclass(frozen=True, slots=True)
class Act:
    """One act to be signed: the verb with what it takes, and its record in words already translated."""

    verb: Callable[..., Any]
    args: tuple[Any, ...]
    record: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one act: what its verb returned, or why it was refused."""

    act: Act
    value: Any = None
    error: LimsError | None = None


class PinRefusedError(Exception):
    """The key was not opened, so nothing was done; `why` is the laboratory's own refusal."""

    def __init__(self, why: LimsError) -> None:
        super().__init__(why.code)
        self.why = why


def perform(
    lims: Any,  # noqa: ANN401 - the person's own door, known by what it does
    keys: Any,  # noqa: ANN401 - a provider of keys, or None
    account: str,
    acts: Sequence[Act],
    pin: str = "",
) -> list[Done] | None:
    """Do acts, each signed by itself when the person has a key; for a worker thread.

    Args:
        lims: the person's own door.
        keys: where private keys live; None where nobody signs.
        account: whose acts they are.
        acts: what is done, one after another; one that is refused does not keep the others back.
        pin: opens the key; empty while it is not known whether one is needed.

    Returns:
        What became of each act; None when nothing was done because the person has a key and gave no PIN.

    Raises:
        PinRefusedError: the key is not opened by this PIN.
        NotAllowed: the key is not on this computer, or everybody must sign and this person has none.
    """
    from lims.services import sign  # noqa: PLC0415 - slow, and this module is there before the window

    door = lims
    if pin:
        try:
            door = sign.unlocked(lims, keys, pin)
        except LimsError as error:
            raise PinRefusedError(error) from None
    elif keys is not None and lims.ask(sign.present_key, account):
        if not keys.has(account):
            raise NotAllowed("sign.no_key")
        return None
    return [_one(door, act) for act in acts]


def _one(door: Any, act: Act) -> Done:  # noqa: ANN401 - the person's own door
    try:
        return Done(act, door.do(act.verb, *act.args, **act.values))
    except LimsError as error:
        return Done(act, error=NotAllowed("sign.no_key") if error.code == "sign.needed" else error)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the window shows when a PIN is needed.

    Attributes:
        work: where the act is done.
        lims: the door of the person who signs.
        keys: where private keys live.
        account: who signs.
        signer: the name to show.
        meaning: what the signature means (`lims.evidence.signing.MEANINGS`).
        acts: what is signed, each by itself.
        then: takes what became of each act.
        failed: takes what the laboratory refused as a whole.
        left: called when the person leaves without signing.
    """

    work: "Work"
    lims: Any
    keys: Any
    account: str
    signer: str
    meaning: str
    acts: tuple[Act, ...]
    then: Callable[[list[Done]], None]
    failed: Callable[[BaseException], None]
    left: Callable[[], None]

    def attempt(
        self, pin: str, done: Callable[[object], None], refused: Callable[[BaseException], None]
    ) -> None:
        """Try a PIN off the GUI thread: `refused` keeps asking, `done` ends the asking."""

        def answered(found: list[Done]) -> None:
            done(found)
            self.then(found)

        def failed(error: BaseException) -> None:
            if isinstance(error, PinRefusedError):
                refused(error.why)
            else:
                done(None)
                self.failed(error)

        self.work.run(perform, self.lims, self.keys, self.account, self.acts, pin,
                      then=answered, failed=failed, in_order=True)  # fmt: skip
