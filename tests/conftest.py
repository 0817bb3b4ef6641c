"""What holds for every test: its name is the same in every process, so that they can be shared out."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a parameter by its place where its text would be an address or random bytes."""
    return None if val is None or isinstance(val, str | int | float | type) else argname
