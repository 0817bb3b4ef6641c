"""The tree of foods: two roots, what a name means in it, and which classes a food inherits from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from lims.errors import NotFound
from lims.rules import regulation, spelling

ROOTS = ("gb2763", "national")


@dataclass(frozen=True, slots=True)
class Food:
    """One node of the tree.

    Attributes:
        code: its id.
        parent: code of the class above, empty at a root.
        zh: Chinese name.
        en: English name.
        group: the county's product group, its own or the nearest above.
        names: other names under which it is sold.
        root: `gb2763` or `national`.
    """

    code: str
    parent: str
    zh: str
    en: str
    group: str
    names: tuple[str, ...]
    root: str

    @property
    def initials(self) -> str:
        """The first letters of the Chinese name's pinyin, as people type them to search."""
        return spelling.initials(self.zh)


@cache
def foods() -> Mapping[str, Food]:
    """Return every node by its code, parents before children."""
    found: dict[str, Food] = {}
    for root in ROOTS:
        for code, parent, zh, en, group, names in regulation.table("foods")[root]["nodes"]:
            own = group or found[parent].group
            found[code] = Food(code, parent, zh, en, own, tuple(names), root)
    return found


def food(code: str) -> Food:
    """Return one node.

    Raises:
        NotFound: the tree has no such code.
    """
    try:
        return foods()[code]
    except KeyError:
        raise NotFound("food.unknown", food=code) from None


@cache
def _spelled() -> Mapping[str, str]:
    """Every name to its code; a node's own name wins over another's second name, the first root over the second."""
    names: dict[str, str] = {}
    for node in foods().values():
        names.setdefault(node.zh, node.code)
    for node in foods().values():
        for name in node.names:
            names.setdefault(name, node.code)
    return names


def named(text: str, own: Mapping[str, str] | None = None) -> Food | None:
    """Return the food that a name means, or None where that cannot be told.

    Args:
        text: as a sampler wrote it; a code of the tree is taken too.
        own: the laboratory's own names to codes; they win over the shipped ones.
    """
    name = text.strip()
    code = (own or {}).get(name) or _spelled().get(name) or (name if name in foods() else None)
    return foods().get(code) if code else None


def ancestry(code: str) -> Iterator[str]:
    """Yield a food's code and those of the classes above it, the nearest first.

    From the top of the national tree it goes on in the first one, where a class is mapped to exactly one there.
    """
    mapped = regulation.table("foods")["map"]["of"]
    seen: set[str] = set()
    while code and code not in seen:
        seen.add(code)
        yield code
        across = mapped.get(code, ())
        code = across[0] if len(across) == 1 else food(code).parent


def within(code: str, classes: frozenset[str] | set[str] | tuple[str, ...]) -> bool:
    """Tell whether a food is one of `classes` or lies under one."""
    return not set(classes).isdisjoint(ancestry(code))


def national(code: str) -> Food | None:
    """Return the class of the national tree that covers a food of the first root, the narrowest; None without one."""
    mapped = regulation.table("foods")["map"]["of"]
    for above in ancestry(code):
        for one, covered in mapped.items():
            if above in covered:
                return food(one)
    return None


def search(text: str, most: int = 50) -> list[Food]:
    """Return the foods whose name, other name, code or pinyin initials hold what was typed, the best first."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    return sorted(
        (node for node in foods().values() if _rank(node, wanted) < 9),
        key=lambda node: (_rank(node, wanted), len(node.zh), node.code),
    )[:most]


def _rank(node: Food, wanted: str) -> int:
    texts = (node.zh, *node.names, node.code, node.en.lower())
    if wanted in texts:
        return 0
    if node.initials.startswith(wanted):
        return 1
    if any(text.startswith(wanted) for text in texts):
        return 2
    return 3 if any(wanted in text for text in texts) or wanted in node.initials else 9
