"""Who acts: accounts, the roles they hold, and each try to sign in."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Record, of_site


class Account(Record):
    """One person's account; a password is kept only as its argon2 hash."""

    __tablename__ = "account"
    id: Mapped[Key]
    login: Mapped[Code] = mapped_column(unique=False)
    name: Mapped[Name]
    password: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    version: Mapped[int]


class Grant(Record):
    """A role that an account holds; ended roles keep their row."""

    __tablename__ = "role_grant"
    __table_args__ = (of_site("account", "account"),)
    account: Mapped[Key]
    role: Mapped[Key]
    active: Mapped[bool]
    given_by: Mapped[Code]
    given_at: Mapped[Moment]


class SignIn(Record):
    """One try to sign in, good or bad, so that five bad ones lock the account across a restart."""

    __tablename__ = "sign_in"
    id: Mapped[Key]
    login: Mapped[Code]
    account: Mapped[Code | None]
    good: Mapped[bool]
    at: Mapped[Moment]


class PasswordSet(Record):
    """A password that was replaced: its hash, so that it is not used again, by whom, and whether for one use."""

    __tablename__ = "password_set"
    __table_args__ = (of_site("account", "account"),)
    id: Mapped[Key]
    account: Mapped[Code]
    former: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    temporary: Mapped[bool]
    at: Mapped[Moment]
