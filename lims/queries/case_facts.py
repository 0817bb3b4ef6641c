"""What a sample's positive cases have to say in its trail: told, delivered, objected, confirmed, retested, closed."""

from collections.abc import Iterator

from sqlalchemy import select

from lims.queries.fact import Fact
from lims.queries.people import Names
from lims.records.cases import Case, CaseFact
from lims.rules import cases
from lims.storage.unit import View


def facts(view: View, number: str, known: Names) -> Iterator[Fact]:
    """Yield the facts of every case of a sample; names and numbers of people outside stay out."""
    query = (
        select(Case, CaseFact)
        .join(CaseFact, (CaseFact.site == Case.site) & (CaseFact.positive_case == Case.id))
        .where(Case.site == view.site, Case.sample == number)
        .order_by(CaseFact.id)
    )
    for case, told in view.rows(query):
        kind = cases.kinds()[told.kind]
        detail = {
            f"case.{told.kind}.{one.name}": str(told.detail.get(one.name, ""))
            for one in kind.fields
            if one.kind != "personal"
        }
        yield Fact(told.at, f"case.{told.kind}", known(told.by), case.item, detail, told.id)
