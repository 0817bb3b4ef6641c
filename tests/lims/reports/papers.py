"""A slip's content as the laboratory freezes it, and what tests ask of a rendered page."""

from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image

from lims.evidence.checkpoint import Checkpoint

SEAL = Checkpoint("lianjiang.county/LJ01 sha256", 4711, bytes(range(32)))
NUMBER = "LJ012611230001K"


def result(**other: Any) -> dict[str, Any]:
    """Return one result, some of its fields told otherwise."""
    return {
        "item": "有机磷和氨基甲酸酯类农药",
        "method": "酶抑制率法（分光光度）",
        "standard": "GB/T 5009.199-2003",
        "value": "63.20",
        "unit": "%",
        "word": "positive",
        "clause": "结果判定: 抑制率 ≥ 50 %",
        "source": "GB/T 5009.199-2003",
        "verified": True,
        "instrument": "一号农残仪 (dayuan_tl310)",
        "serial": "TL310-2023-0457",
        "evidence": "DOCUMENT",
        "lot": "NC20260901",
        "control": "valid",
        "tested_at": "2026-11-23 14:05 +08:00",
        "tester": "林海燕",
        "device_call": "positive",
        "flags": "unverifiable",
        "doubts": "",
        "reviewer": "陈国栋",
        "reviewed_at": "2026-11-23 14:21 +08:00",
        "display": "抑制率 63.20 %",
        "reading": "LJ01-000042",
    } | other


FORM = [
    ["单位名称", "Business", "连江县凤城镇兴旺蔬菜批发部"],
    ["社会信用代码", "Credit code", "92350122MA2XXXXX1C"],
    ["乡镇", "Township", "凤城镇"],
    ["地址", "Address", "凤城镇马祖东路 18 号农贸市场一层东区"],
    ["摊位号", "Stall", "东区 A-17"],
    ["抽样环节", "Stage", "流通"],
    ["场所类型", "Kind of place", "农贸市场"],
    ["抽样时间", "Drawn at", "2026-11-23 08:40 +08:00"],
    ["样品名称", "Food", "上海青（小白菜）"],
    ["产品类别", "Product group", "种植业产品"],
    ["样品来源", "Source", "外购"],
    ["商标", "Brand", "/"],
    ["规格型号", "Specification", "散装"],
    ["批号", "Batch", "20261122"],
    ["生产或购进日期", "Dated on", "2026-11-22"],
    ["抽样数量", "Quantity", "1.2 kg"],
    ["储存条件", "Storage", "常温，4 ℃ 以下冷藏运输"],
    ["生产者", "Producer", "/"],
    ["产地", "Origin", "福建省福州市连江县丹阳镇"],
    ["封条号", "Seal", "FQ-000123"],
]

TRAIL = [
    ("2026-11-23 08:40 +08:00", "drawn", "郑小明", "连江县凤城镇兴旺蔬菜批发部", "FQ-000123"),
    ("2026-11-23 09:55 +08:00", "handed_over", "郑小明", "县快检实验室收样处", "黄丽 FQ-000123 intact good"),
    ("2026-11-23 09:58 +08:00", "received", "黄丽", "", "good 4.5 FQ-000123 intact 1.2 kg"),
    ("2026-11-23 13:40 +08:00", "run_started", "林海燕", "TL310-1", "GBT5009.199-2003 NC20260901 3"),
    ("2026-11-23 14:05 +08:00", "read", "TL310-1", "3", "63.20 % positive unverifiable"),
    ("2026-11-23 14:06 +08:00", "verdict", "林海燕", "GBT5009.199-2003", "positive 63.20"),
    ("2026-11-23 14:21 +08:00", "approved", "陈国栋", "", "抑制率 63.20 %"),
    ("2026-11-23 14:30 +08:00", "slip", "王秀英", "", "1"),
]


def content(**other: Any) -> dict[str, Any]:
    """Return a whole content of one positive result, some of its fields told otherwise."""
    names = ("at", "what", "who", "where", "detail")
    return {
        "form": "slip-1",
        "laboratory": "连江县市场监督管理局食品快速检测实验室",
        "number": NUMBER,
        "version": 1,
        "replaces": 0,
        "sample": FORM,
        "results": [result()],
        "first_results": [],
        "trail": [dict(zip(names, fact, strict=True)) for fact in TRAIL],
        "issued_by": "王秀英",
        "issued_at": "2026-11-23 14:30 +08:00",
    } | other


def texts(pdf: bytes) -> list[str]:
    """Return the text of each page as a reader copies it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        found = []
        for page in document:
            text = page.get_textpage()
            found.append(text.get_text_range().replace("\r\n", "\n"))
            text.close()
            page.close()
        return found
    finally:
        document.close()


def plain(pdf: bytes) -> str:
    """Return the whole text without blanks and line ends."""
    return "".join("".join(texts(pdf)).split())


def pictures(pdf: bytes, dpi: int = 150) -> list[Image.Image]:
    """Return each page as a printer would see it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        found = []
        for page in document:
            found.append(page.render(scale=dpi / 72).to_pil().convert("L"))
            page.close()
        return found
    finally:
        document.close()


def scanned(pdf: bytes, dpi: int = 200) -> list[str]:
    """Return what a scanner reads on the pages, in the order it finds it."""
    return [code.text for picture in pictures(pdf, dpi) for code in zxingcpp.read_barcodes(picture)]


Box = tuple[float, float, float, float]


def rows_of_text(pdf: bytes) -> list[list[Box]]:
    """Return for each page the boxes (left, bottom, right, top) of its runs of text, in points."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        found = []
        for page in document:
            text = page.get_textpage()
            found.append([text.get_rect(place) for place in range(text.count_rects())])
            text.close()
            page.close()
        return found
    finally:
        document.close()


def shared(one: Box, other: Box) -> float:
    """Return the area in square points that two boxes share."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, across) * max(0.0, down)
