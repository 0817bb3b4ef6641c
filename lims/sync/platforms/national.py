"""National sampling system: a workbook whose headings are those of its export, one row a sample and item.

Known from the export columns of a provincial copy (2022). It takes laboratory sampling: a screening word is no
conclusion there, so no column 结论 is written and the screening word stands in 备注.
Not tested against the authority.
"""

from lims.sync.platform import Platform

PLATFORM = Platform(
    id="national",
    title=("国家食品安全抽样检验信息系统（表格）", "National sampling system (workbook)"),
    source="export columns of a provincial copy of the national system, 2022; not tested against the authority",
    required=("number", "food", "business", "drawn_at", "item"),
    codes={"negative": "阴性", "positive": "阳性", "suspect": "可疑", "invalid": "无效"},
    batch=1000,
    columns={
        "抽样编号": "number",
        "任务来源": "task_source",
        "报送分类": "task_kind",
        "被抽样单位名称": "business",
        "被抽样单位地址": "business_address",
        "社会信用代码": "credit_code",
        "抽样地点": "place_kind",
        "区域类型": "area_kind",
        "抽样环节": "stage_word",
        "样品名称": "food",
        "样品类型": "group_word",
        "商标": "brand",
        "规格型号": "specification",
        "样品批号": "batch",
        "生产日期": "dated_on",
        "保质期": "shelf_life",
        "抽样基数": "base_quantity",
        "抽样数量": "quantity",
        "备样数量": "retained_quantity",
        "生产者名称": "producer_name",
        "生产者地址": "producer_address",
        "原产地": "origin",
        "抽样时间": "drawn_at",
        "检验项目": "item",
        "检验结果": "value",
        "结果单位": "unit",
        "检验依据": "standard",
        "判定依据": "clause",
        "最大允许限": "threshold",
        "备注": "word_zh",
    },
)
