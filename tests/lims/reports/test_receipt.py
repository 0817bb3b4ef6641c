"""The slip on 58 mm: what the printer puts on paper is read back, codes and all."""

import pytest
import zxingcpp

from lims.errors import Invalid
from lims.evidence.checkpoint import Checkpoint
from lims.reports import receipt
from tests.lims.reports.papers import SEAL, content
from tests.protocols.receipts import printed


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_paper_carries_the_seal_and_the_same_slip_gives_the_same_bytes(language: str) -> None:
    made = receipt.render(receipt.draw(content(), SEAL, language))
    paper = printed(made)
    (code,) = zxingcpp.read_barcodes(paper.image)
    assert code.text == SEAL.text()
    assert made == receipt.render(receipt.draw(content(), SEAL, language))
    assert paper.image.width == 384
    assert paper.image.height < 3000, "longer than 37 cm is no slip"


def test_more_to_say_makes_it_longer_and_nothing_reaches_the_edge_unwrapped() -> None:
    short = receipt.draw(content(), SEAL)
    long = receipt.draw({**content(), "laboratory": "连江县食品安全快速检测中心" * 6}, SEAL)
    assert long.height > short.height
    assert long.width == short.width == 384


def test_content_of_another_form_is_refused() -> None:
    with pytest.raises(Invalid, match=r"paper\.form"):
        receipt.draw({**content(), "form": "slip-9"}, SEAL)


def test_a_seal_of_a_large_log_still_fits() -> None:
    large = Checkpoint(SEAL.origin * 3, 2**62, SEAL.root)
    (code,) = zxingcpp.read_barcodes(printed(receipt.render(receipt.draw(content(), large))).image)
    assert code.text == large.text()


def test_a_slip_of_practice_says_so_at_its_head_and_a_real_one_does_not() -> None:
    real, unreal = (
        receipt.draw(content(number=number), SEAL) for number in ("LJ01261123001A", "ZZ01261123001A")
    )
    more = unreal.height - real.height
    assert more >= 24, "a line of its own"
    assert unreal.crop((0, more, 384, more + 24)).tobytes() == real.crop((0, 0, 384, 24)).tobytes()
