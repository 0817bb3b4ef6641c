"""What the tests save on: hashing a password is dear by design, and hundreds of tests sign somebody in."""

from argon2 import PasswordHasher

from lims.evidence import signing
from lims.services import passwords

PEOPLES_HASHER = passwords.hasher
"""What people's passwords are hashed with; `test_passwords` holds it to its cost."""

PINS_COST = signing.COST
"""What a guess at a PIN costs; `test_signing` holds it."""


def cheapen_passwords() -> None:
    """Hash passwords and PINs at the least that argon2 allows, in this process only."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    signing.COST = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
