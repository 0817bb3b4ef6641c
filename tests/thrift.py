"""What the tests save on: hashing a password is dear by design, and hundreds of tests sign somebody in."""

from argon2 import PasswordHasher

from lims.services import passwords

PEOPLES_HASHER = passwords.hasher
"""What people's passwords are hashed with; `test_passwords` holds it to its cost."""


def cheapen_passwords() -> None:
    """Hash passwords at the least that argon2 allows, in this process only."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
