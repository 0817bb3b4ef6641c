"""福建（一品一码）: a workbook by a column map that the laboratory edits; every row carries the sample's trace code.

No interface paper of Fujian was found. The columns below are a default (`kuaijian upload write fujian --columns FILE`
takes others), not what the platform asks for; only that one batch has one trace code is known.
Not tested against the authority.
"""

from lims.sync.platform import Platform

PLATFORM = Platform(
    id="fujian",
    title=("福建省一品一码追溯（表格，列可改）", "Fujian traceability (workbook, editable columns)"),
    source="no paper found; default columns of this program, to be edited; not tested against the authority",
    required=("number", "trace_code", "food", "business", "item", "value", "tested_at"),
    codes={"negative": "阴性", "positive": "阳性"},
    batch=1000,
    columns={
        "追溯码": "trace_code",
        "样品编号": "number",
        "样品名称": "food",
        "被检单位": "business",
        "社会信用代码": "credit_code",
        "摊位号": "stall",
        "产地": "origin",
        "供货商": "producer_name",
        "检测项目": "item",
        "检测方法": "standard",
        "检测值": "value",
        "单位": "unit",
        "检测结论": "word_code",
        "检测时间": "tested_at",
        "检测人员": "tester",
        "仪器型号": "model",
        "仪器序列号": "serial",
    },
)
