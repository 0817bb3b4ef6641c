"""The clock of an export: read only in forms that cannot be mistaken, or in the form that a laboratory names."""

from datetime import datetime

FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
)


def moment_of(text: str, form: str = "") -> datetime | None:
    """The time in a text whose year stands first, or in `form` as strptime writes it; None where it says none.

    A day and a month whose order is not told (`03/04/2026`) are no time without a form.
    """
    written = " ".join(text.replace("T", " ").split())
    for one in (form,) if form else FORMS:
        try:
            return datetime.strptime(written, one).replace(tzinfo=None)  # noqa: DTZ007 - devices know no zone
        except ValueError:
            continue
    return None
