"""What a screen holds: the laboratory at arm's length, the way to say something, and who is signed in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from gui import signing
from gui.bridge import Bridge
from gui.look import Look
from gui.mishap import mishaps
from gui.signing import Act, Asked, Done
from gui.sounds import Sounds
from gui.ties import Bench, Found, Lims, Papers, Session, Ties
from gui.work import Job, Work
from lims import text
from lims.actor import OFFICES

Then = Callable[[Any], None] | None
Failed = Callable[[BaseException], None] | None


@dataclass(frozen=True, slots=True)
class Action:
    """One button of the action bar.

    Attributes:
        word: message id of what it does ("Print").
        key: as Qt writes it: "Return", "F8", "Ctrl+Return", "J".
        act: called in the GUI thread.
        primary: the one main action, at the right; at most one of a screen.
        missing: why it cannot be done now, in words already translated; empty when it can.
        destroys: drawn as a warning.
    """

    word: str
    key: str
    act: Callable[[], object]
    primary: bool = False
    missing: str = ""
    destroys: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanner sent: the text, and whether our own grammar knows it as a number."""

    text: str
    ours: bool = False


class Desk(QObject):
    """Handed to every screen.

    Attributes:
        away: whether the laboratory's server cannot be reached now.
        returning: what tries to reach a server that was away at the start (`lims.bench.alone.Returning`), or None.

    Signals:
        told: tone ("tell", "warn", "wrong") and sentence of a toast.
        lasting: key, tone, sentence, details and Action or None of a banner; without a sentence it goes.
        going: name of a screen and its context.
        changed: the screen's actions or sentence changed; the action bar is drawn anew.
        signed: who is signed in now, or None.
        locked: the desk was locked; who was here.
        signs: an Asked: somebody must give his PIN.
        noticed: a notice of the laboratory, in the GUI thread.
        began: a Job of long work and what it does (message id).
        badged: name of a screen and how many things wait in it.
        recovered: the log was barred and may be written again.
        worn: the Look that this computer has from now on.
        founded: the laboratory was founded and can be opened.
        state: name and text of something for the top bar (`deadline`, `offline`, `unsent`, `battery`, `disk`).
    """

    told = Signal(str, str)
    lasting = Signal(str, str, str, str, object)
    going = Signal(str, object)
    changed = Signal()
    signed = Signal(object)
    locked = Signal(object)
    signs = Signal(object)
    noticed = Signal(object)
    flooded = Signal()
    state = Signal(str, str)
    badged = Signal(str, int)
    began = Signal(object, str)
    recovered = Signal()
    worn = Signal(object)
    founded = Signal()

    def __init__(self, ties: Ties, sounds: Sounds | None = None) -> None:
        super().__init__()
        self.ties = ties
        self.work = Work(self)
        for told in (self.work.unheard, mishaps.happened):
            told.connect(self.complain)
        self.sounds = sounds or Sounds()
        self.look = Look()
        self.found: Callable[[Mapping[str, str]], None] | None = None
        self.session: Session | None = None
        self.bench: Bench | None = None
        self.papers: Papers | None = None
        self.away = False
        self.returning: Any = None
        self._whole: Lims | None = None
        self._lims: Lims | None = None
        self._bridge: Bridge | None = None

    # The laboratory ---------------------------------------------------------------------------------------

    def open(self, lims: Lims) -> None:
        """Take the laboratory once it is open; before that nobody can sign in."""
        self._whole = self._lims = lims
        self._bridge = Bridge(lims.listen)
        self._bridge.noticed.connect(self.noticed)
        self._bridge.flooded.connect(self.flooded)

    @property
    def barred(self) -> Exception | None:
        """Why nothing may be written, or None."""
        return self.papers.barred if self.papers is not None else None

    @property
    def shut(self) -> Exception | None:
        """Why the laboratory's server let nobody in since this program's start; None once it did."""
        return self.returning.fault if self.returning is not None else None

    @property
    def ready(self) -> bool:
        """Whether the laboratory is open."""
        return self._whole is not None

    def do(
        self,
        verb: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - whatever the verb takes
        then: Then = None,
        failed: Failed = None,
        **values: Any,  # noqa: ANN401 - the same
    ) -> Job:
        """Change something, off the GUI thread; acts run in the order in which they are asked for.

        `then` takes what the verb returned; without `failed` an error is told as a banner.
        """
        lims = self._open()
        return self.work.run(lambda: lims.do(verb, *args, **values), then=then,
                             failed=failed or self.complain, in_order=True)  # fmt: skip

    def ask(
        self,
        question: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - whatever the question takes
        then: Then,
        failed: Failed = None,
        latest: str = "",
        owner: QObject | None = None,
        **values: Any,  # noqa: ANN401 - the same
    ) -> Job:
        """Read something, off the GUI thread; with `latest` only the newest of that name is answered."""
        lims = self._open()
        return self.work.run(lambda: lims.ask(question, *args, **values), then=then,
                             failed=failed or self.complain, latest=latest, owner=owner)  # fmt: skip

    def run(
        self,
        function: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - whatever the function takes
        then: Then = None,
        failed: Failed = None,
        words: str = "",
    ) -> Job:
        """Do long work in a worker thread; the function gets `job=` for progress and cancel.

        With `words` (message id) a bar with the progress and a Stop button stands above the action bar.
        """
        job = self.work.run(function, *args, then=then, failed=failed or self.complain, steps=True)
        if words:
            self.began.emit(job, words)
        return job

    # Signing ----------------------------------------------------------------------------------------------

    def do_signed(
        self,
        verb: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - whatever the verb takes
        records: Sequence[str],
        meaning: str,
        then: Then = None,
        failed: Failed = None,
        left: Callable[[], None] = lambda: None,
        **values: Any,  # noqa: ANN401 - the same
    ) -> Job:
        """Do one act that means something; who has a key is shown the record and asked for the PIN first.

        Args:
            verb: the verb.
            args: what it takes.
            records: the one record that is signed, in words already translated.
            meaning: what the signature means (`lims.evidence.signing.MEANINGS`).
            then: takes what the verb returned.
            failed: takes the refusal; without it a banner tells it. A wrong PIN is told where it is asked for.
            left: called when the person leaves without signing; nothing was done then.
            values: what the verb takes by name.
        """
        refused = failed or self.complain

        def answered(found: list[Done]) -> None:
            (one,) = found
            if one.error is not None:
                refused(one.error)
            elif then is not None:
                then(one.value)

        act = Act(verb, args, " ".join(records), values)
        return self.do_all_signed([act], meaning=meaning, then=answered, failed=refused, left=left)

    def do_all_signed(
        self,
        acts: Sequence[Act],
        *,
        meaning: str,
        then: Callable[[list[Done]], None],
        failed: Failed = None,
        left: Callable[[], None] = lambda: None,
    ) -> Job:
        """Do several acts, each with its own signature, for one PIN; `then` takes what became of each."""
        lims, session, refused = self._open(), self.session, failed or self.complain
        account, name = (session.account, session.name) if session else ("", "")
        asked = Asked(
            self.work, lims, self.ties.keys, account, name, meaning, tuple(acts), then, refused, left
        )

        def answered(found: list[Done] | None) -> None:
            if found is None:
                self.signs.emit(asked)
            else:
                then(found)

        return self.work.run(signing.perform, lims, self.ties.keys, account, acts, then=answered,
                             failed=refused, in_order=True)  # fmt: skip

    def find(self, words: str, then: Callable[[Sequence[Found]], None]) -> None:
        """Search everything as one types; only the newest search is answered. A department has nothing to search."""
        if self.ties.find is None or self._lims is None or self.session is None or not self.may(None):
            then(())
            return
        self.work.run(self.ties.find, self._lims, words, then=then, failed=self.complain, latest="find")

    @property
    def door(self) -> Lims:
        """The laboratory as the person signed in sees it; it blocks, so worker threads alone may enter it."""
        return self._open()

    def _open(self) -> Lims:
        if self._lims is None:
            raise RuntimeError("the laboratory is not open yet")
        return self._lims

    # Who works here ---------------------------------------------------------------------------------------

    def sign_in(
        self, name: str, password: str, then: Then = None, failed: Failed = None, new_password: str = ""
    ) -> Job:
        """Sign a person in; `failed` takes the refusal. A new password replaces one that must be changed."""
        whole = self._open()
        secrets = (password, new_password) if new_password else (password,)

        def arrived(session: Session) -> None:
            self.session = session
            self._lims = whole.acting(session)
            self.signed.emit(session)
            if then is not None:
                then(session)

        return self.work.run(self.ties.sign_in, whole, name, *secrets, then=arrived,
                             failed=failed or self.complain, in_order=True)  # fmt: skip

    def sign_out(self) -> None:
        """Leave the desk to somebody else."""
        self.work.settling.emit()
        self.session, self._lims = None, self._whole
        self.signed.emit(None)

    def lock(self) -> None:
        """Ask who is there before anything else is done; work, captures and clocks go on behind it."""
        who = self.session
        if who is not None:
            self.work.settling.emit()
            self.session, self._lims = None, self._whole
            self.locked.emit(who)

    def may(self, needs: Sequence[str] | frozenset[str] | None) -> bool:
        """Say whether the person signed in holds one of the roles; None is for all but the account of a department."""
        held = self.session.roles if self.session else frozenset()
        if needs is None:
            return held.isdisjoint(OFFICES)
        return not held.isdisjoint(needs)

    # Saying something -------------------------------------------------------------------------------------

    def toast(self, sentence: str, tone: str = "tell") -> None:
        """Say something harmless for four seconds; the sentence is already translated."""
        self.told.emit(tone, sentence)

    def banner(
        self, key: str, sentence: str, tone: str = "warn", details: str = "", action: Action | None = None
    ) -> None:
        """Say something that lasts, or change it; an empty sentence takes the banner of that key down."""
        self.lasting.emit(key, tone, sentence, details, action)

    def complain(self, error: BaseException) -> None:
        """Tell an error as a sentence with what to do; what the machine says stays behind a fold."""
        self.banner(_key(error), text.sentence(error), "wrong", details=repr(error))

    def forget(self, error: BaseException) -> None:
        """Take down what was told of an error: what it kept from being done is done."""
        self.banner(_key(error), "")

    def refuse(self, sentence: str) -> None:
        """Refuse a scan: low double tone and a toast with what to do."""
        self.sounds.bad()
        self.toast(sentence, "wrong")

    def go(self, screen: str, **context: Any) -> None:  # noqa: ANN401 - what that screen takes
        """Show a screen by the name of its file; its `arrived` gets the context."""
        self.going.emit(screen, context)

    def wear(self, look: Look) -> None:
        """Have the whole desktop look like this from now on."""
        self.look = look
        self.worn.emit(look)

    def close(self) -> None:
        """End the threads; acts that were asked for are finished first."""
        if self._bridge is not None:
            self._bridge.close()
            self._bridge = None
        self.work.close()


def _key(error: BaseException) -> str:
    return f"error.{getattr(error, 'code', type(error).__name__)}"
