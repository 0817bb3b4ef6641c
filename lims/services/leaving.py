"""Heads that leave the computer: signed, recorded, kept outside the database, and compared at the next start."""

from pathlib import Path

from lims.actor import Actor
from lims.door import Lims, Notice
from lims.errors import LimsError, NotAllowed, RuleBroken, StorageUnfit, Tampered
from lims.evidence import checkpoint, notes, outside
from lims.evidence.notes import Note, Signer
from lims.evidence.outside import Outside
from lims.queries import proofs
from lims.services import enrol, passwords, seal
from lims.services.guesses import Guesses
from lims.services.seal import Ceremony, Leaving


class Sealing:
    """The seals of one station's log, as its computer keeps them.

    Args:
        lims: the laboratory's door for the station.
        folder: the laboratory's folder; keys and outside heads lie in it.
        signer: the key; None for the file in the folder.
    """

    def __init__(self, lims: Lims, folder: Path, signer: Signer | None = None) -> None:
        self.lims = lims
        self.folder = folder
        self.fault: LimsError | None = None
        self._signer = signer

    @property
    def origin(self) -> str:
        """The log's origin, which is the name of its key too."""
        return self.lims.store.place.origin

    @property
    def outside(self) -> Outside:
        """Where the heads known outside lie."""
        return outside.outside(self.folder, self.origin)

    def signer(self) -> Signer:
        """Return the key this station signs with; the first time it is made and put on record.

        Raises:
            RuleBroken: the key on record is another one than the key that is here.
            StorageUnfit: the key's file cannot be used.
        """
        signer = self._signer or notes.file_signer(self.folder / "keys", self.origin)
        known = self.lims.ask(proofs.present_key)
        if known is None:
            self.lims.do(seal.station_key, public=signer.public.hex())
        elif known.public != signer.public:
            raise RuleBroken("seal.key_differs", key=notes.key_id(known.name, known.public).hex())
        return signer

    def leave(self, way: str, what: str = "/", *, size: int | None = None, by: Lims | None = None) -> Note:
        """Sign the head after `size` entries (now, when None), record that it leaves, keep it outside; return it.

        Args:
            way: `slip`, `export`, `sync`, `shift`, `witness`, `timestamp` or `recovery`.
            what: with which paper or file.
            size: of the log when it left.
            by: the door of whoever sends it; the station's, when None.

        Raises:
            LimsError: it could not be signed, recorded or kept.
        """
        signer = self.signer()
        head = self.lims.ask(proofs.head, size=size)
        note = notes.sign(head.text(), self.origin, signer)
        (by or self.lims).do(seal.left, Leaving(note.text(), way, what))
        self.outside.keep(note)
        return note

    def rekey(self, manager: Lims, second: str) -> str:
        """Replace the station's key; return the new key's id.

        Where the file already holds another key than the one on record, that one is put on record.

        Args:
            manager: the quality manager's door.
            second: account of the other person who takes part.

        Raises:
            NotAllowed: the second person is missing or the same.
            StorageUnfit: the key's file cannot be used.
        """
        if second in {"", manager.actor.account}:
            raise NotAllowed("seal.two_people")
        folder = self.folder / "keys"
        known = self.lims.ask(proofs.present_key)
        if known is not None and notes.file_signer(folder, self.origin).public == known.public:
            notes.put_aside(folder, self.origin)
        public = notes.file_signer(folder, self.origin).public.hex()
        return manager.do(seal.station_key, public=public, second=second)

    def watch(self, notice: Notice) -> None:
        """Let the head of each slip leave, as a listener of the laboratory; `fault` holds why it could not."""
        if notice.verb != "certify.issue" or notice.station:
            return
        slip = next((key for table, key in notice.touched if table == "certificate"), "/")
        try:
            self.leave("slip", slip, size=notice.seq + 1)
            self.fault = None
        except LimsError as fault:
            self.fault = fault

    def examine(self) -> LimsError | None:
        """Return None when the log extends the newest head known outside, else what is wrong; reads only."""
        try:
            known = self.outside.newest()
        except StorageUnfit as fault:
            return fault
        if known is None:
            return None
        head, note = known
        keys = self.lims.ask(proofs.station_keys)
        found = self.lims.ask(proofs.standing, head)
        values = {"outside": head.size, "found": found.size, "root": head.root.hex()[:16]}
        match found.word:
            case "extends":
                signed = any(note.signed_by(key) for key in keys)
                return None if signed else Tampered("seal.unsigned", file=str(self.outside.path))
            case "shorter":
                return Tampered("seal.shorter", first=found.size, last=head.size - 1, **values)
            case "torn":
                return Tampered("seal.torn", **values)
            case _:
                return Tampered("seal.differs", **values)

    def guard(self) -> LimsError | None:
        """Examine the log and bar every write when it does not extend what is known outside; return why."""
        fault = self.examine()
        self.lims.store.writer.bar(fault)
        return fault

    def recover(self, manager: tuple[str, str], administrator: tuple[str, str], reason: str) -> Note:
        """Go on after a loss: two people state it, a mark stays for ever, a new head leaves; return that head.

        Args:
            manager: login and password of the quality manager.
            administrator: login and password of the administrator.
            reason: what happened, as far as it is known.

        Raises:
            NotAllowed: a login or password is wrong or locked, or a role is missing.
            RuleBroken: nothing is lost, or no reason is given.
        """
        fault = self.lims.store.writer.barred or self.examine()
        if fault is not None and enrol.only_read(self.lims):
            raise fault
        if fault is None:
            raise RuleBroken("seal.no_need", size=self.lims.ask(proofs.head).size)
        first, second = (self._guessed(*one) for one in (manager, administrator))
        self.lims.store.writer.bar(None)
        try:
            self._mark(first, second, reason)
        except BaseException:
            self.lims.store.writer.bar(fault)
            raise
        note = self.leave("recovery", by=self.lims.acting(first))
        self.outside.keep(note, anew=True)
        return note

    def _guessed(self, login: str, password: str) -> Actor:
        """Identify a person; five wrong passwords close the ceremony for a while, whoever restarts the program."""
        guesses = Guesses(self.outside.folder / "wrong-passwords.txt")
        guesses.admit()
        try:
            return identified(self.lims, login, password)
        except NotAllowed:
            guesses.add()
            raise

    def _mark(self, manager: Actor, administrator: Actor, reason: str) -> None:
        text = ""
        try:
            known = self.outside.newest()
            if known is not None and checkpoint.parse(known[1].body).origin == self.origin:
                text = known[1].text()
        except StorageUnfit:
            self.outside.set_aside()
        self.lims.acting(manager).do(seal.recover, Ceremony(text, administrator.account, reason))


def identified(lims: Lims, login: str, password: str) -> Actor:
    """Return the person behind a login without writing anything, for the time when nothing may be written.

    Raises:
        NotAllowed: wrong login or password, or locked.
    """
    known = lims.ask(enrol.credentials, login)
    if known.locked_until:
        raise NotAllowed("sign_in.locked", until=known.locked_until)
    if known.account is None or not passwords.fits(known.password, password):
        raise NotAllowed("sign_in.wrong", tries=enrol.TRIES)
    return Actor(known.account, known.name, known.roles)
