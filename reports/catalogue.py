"""Which notice prints what: one form per cadence, and the words that notices use for states, bases and statuses.

The cadence's printed name (月调度， 季小结 …) is the programme's own and comes from the registry, never from here.
"""

from dataclasses import dataclass
from enum import StrEnum

from reports.errors import NoticeNotFound


class Section(StrEnum):
    """Sections of a notice; the value is the title."""

    REVISION = "修订说明"
    MOVERS = "位次变动"
    PRACTICE = "做法与问题"
    SCORES = "综合得分"
    OVERVIEW = "位次总表"
    COMPARISON = "与上期对比"
    PROBLEMS = "滞后与问题清单"
    CITY = "文件目标进展"
    CLAUSES = "条款落实情况"
    UNITS = "牵头和责任单位进展"
    TASKS = "任务进展"
    ITEMS = "项目、企业、平台台账"
    STANDINGS = "分指标排名"
    SINGLE = "由一个单位提供的指标"
    SUBMISSIONS = "报送情况"
    QUALITY = "填报质量"
    FOOTNOTES = "数字附注"
    NOTES = "说明"


@dataclass(frozen=True)
class NoticeForm:
    """One cadence's notice.

    Attributes:
        cadence: id of the cadence.
        flow_label: header of the flow of the period; empty where the cumulative figure already is that flow.
        reference: what the place change is measured against.
        sections: printed in this order; REVISION appears only from the second vintage on.
    """

    cadence: str
    flow_label: str
    reference: str
    sections: tuple[Section, ...]


_LEDGERS = (Section.CITY, Section.CLAUSES, Section.UNITS)
_BY_INDICATOR = (Section.STANDINGS, Section.SINGLE)
_BY_ITEM = (Section.TASKS, Section.ITEMS)
_CLOSING = (Section.SUBMISSIONS, Section.QUALITY, Section.FOOTNOTES, Section.NOTES)

# Each cadence has its own emphasis: where things stand and what is late; who moved and what worked; quarter against
# quarter; ranking and problem list; scores and grades.
FORMS: dict[str, NoticeForm] = {
    form.cadence: form
    for form in (
        NoticeForm("monthly_dispatch", "本月数", "上月", (
            Section.REVISION, Section.OVERVIEW, Section.SCORES, Section.PROBLEMS, *_LEDGERS, *_BY_INDICATOR, *_BY_ITEM,
            *_CLOSING,
        )),
        NoticeForm("bimonthly_exchange", "本期数", "上一个双月", (
            Section.REVISION, Section.MOVERS, Section.PRACTICE, Section.SCORES, Section.OVERVIEW, *_BY_INDICATOR,
            *_BY_ITEM, *_LEDGERS, *_CLOSING,
        )),
        NoticeForm("quarterly_summary", "本季数", "上季", (
            Section.REVISION, Section.COMPARISON, Section.SCORES, Section.OVERVIEW, *_LEDGERS, Section.PROBLEMS,
            *_BY_INDICATOR, *_BY_ITEM, *_CLOSING,
        )),
        NoticeForm("half_year_review", "本期数", "上半年", (
            Section.REVISION, Section.SCORES, Section.OVERVIEW, Section.PROBLEMS, *_LEDGERS, *_BY_INDICATOR, *_BY_ITEM,
            *_CLOSING,
        )),
        NoticeForm("annual_assessment", "", "上年", (
            Section.REVISION, Section.SCORES, *_LEDGERS, Section.OVERVIEW, *_BY_INDICATOR, Section.PROBLEMS, *_BY_ITEM,
            *_CLOSING,
        )),
    )
}  # fmt: skip

NOT_SUBMITTED, NOT_DUE, NO_TARGET = "未报送", "未到期", "未设置目标"
VALUE_STATES = {"not_submitted": NOT_SUBMITTED, "not_due": NOT_DUE}
TARGET_STATES = {"no_target": NO_TARGET, "base_missing": "缺基数", "text": "文字目标", "not_scored": "不计进度"}
STATUSES = {
    "not_due": NOT_DUE, "not_submitted": NOT_SUBMITTED, "overdue": "逾期未报", "returned": "已退回待重报",
    "submitted": "按时", "late": "迟报",
}  # fmt: skip
UNRANKED_LIST = "只列数，不排名"
BASES = {"": UNRANKED_LIST, "completion": "按完成率", "level": "按累计(期末)数", "growth": "按同比"}
LIGHTS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯"}
COMPARATORS = {
    ">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "=": "＝",
}  # fmt: skip
OVERALL = "overall"
UNRANKED, NO_BASIS = "不排名", "无可比数"
ILLUSTRATIVE_MARK = "示"
WAIVED_MARK = "豁免"
# Raised behind a figure; a footnote says what there is to say of it.
WAIVED_SIGN, EXPLAINED_SIGN, RESTATED_SIGN = "豁", "说", "订"
SIGNS = {
    ILLUSTRATIVE_MARK: "示例分解的目标",
    WAIVED_SIGN: "不合填报规则，经批准照常计入",
    EXPLAINED_SIGN: "有数据质量提醒，填报单位已作说明",
    RESTATED_SIGN: "首次报送后改动过",
}
TOO_CLOSE = "差距小于精度"
# What a score is made of besides indicators, and what may become of a part.
PARTS = {"late": "迟报扣分", "missing": "未报扣分", "returned": "退回扣分", "veto": "一票否决"}
PART_STATES = (
    VALUE_STATES
    | TARGET_STATES
    | {"scored": "已计分", "no_base": "无同比基数", "left_out": "按规则不计", "applied": "已扣分"}
)
CLAUSE_STATES = {
    "finished": "完成", "progressing": "推进中", "lagging": "滞后", "unreported": "未报送", "not_due": NOT_DUE,
    "nothing_to_report": "没有目标和任务",
}  # fmt: skip
TASK_STATES = {
    "finished": "已完成", "moving": "推进中", "not_started": "未启动", "lagging": "滞后", "ended": "终止",
    "not_reported": NOT_SUBMITTED, "not_due": NOT_DUE,
}  # fmt: skip
UNIT_ROLES = {"lead": "牵头单位", "responsible": "责任单位"}
ITEM_KINDS = {"project": "项目", "enterprise": "企业", "platform": "平台"}
SAMPLE_STATEMENT = "本通报所用数据为示例数据，由程序编造，仅供演示，不是任何单位的实际报送数，不得引用。"
DRAFT_MARK = "征求意见稿"
DRAFT_STATEMENT = "本件为征求意见稿，供各填报单位核对，尚未发布，数字可能变动，不得引用。"
UNKNOWN_CALENDAR_STATEMENT = (
    "本期的截止、停收日期所在年份没有放假安排可依，暂按周末推算，可能与实际工作日不符；据此判断的迟报、逾期以核实为准。"
)

NOTES: tuple[tuple[str, str], ...] = (
    (
        "位次",
        "数值相同则位次相同，其后位次顺延（1、2、2、4）。“第3名/共16家”（总表和纸面写作3/16）中的16为实际参加该项排名的单位数；"
        "未设置目标、未报送或无可比数的单位不参加排名，列于表后。",
    ),
    ("位次变化", "与{reference}相比，↑为前进，↓为后退，—为持平；空白为{reference}没有可比位次。"),
    (
        "舍入",
        "先计算、后舍入，四舍五入；完成率保留的小数位数由各指标规定，并按该位数比较名次。"
        "各项之和与合计可能因舍入略有出入。",
    ),
    (
        "序时进度",
        "截至期末月份数除以12；“较序时进度”为完成率减序时进度，单位为百分点。不按序时考核的指标不亮灯。",
    ),
    (
        "差距",
        f"与上一位的差距先按未舍入的数相减；不到所印最后一位的，印“{TOO_CLOSE}”：位次按规定的位数比较得出，"
        "但两者之差小到不宜据以评优劣。",
    ),
    ("同比", "“同比”由本系统按累计数与上年同期累计数计算；“填报同比”为填报单位自报增速，两者并列，互不替代。"),
)
NOTHINGS: tuple[tuple[str, str], ...] = (
    (NO_TARGET, "文件没有给该单位定这一目标：数值照列，不计完成率，不排名，不亮灯。"),
    (NOT_DUE, "按规定的频次尚不到报送或考核的时候，不是缺报。"),
    (NOT_SUBMITTED, "应报而没有报来（含已退回尚未重报）：不作零处理，不排名。"),
    ("0", "已经报来，数值就是零：照常计算并参加排名。"),
)


def numeral(number: int) -> str:
    """A section's number as Chinese documents count them, from 1 to 99."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")


def form_of(cadence: str) -> NoticeForm:
    """The form of a cadence; NoticeNotFound names the cadences that exist."""
    if cadence not in FORMS:
        raise NoticeNotFound(f"没有“{cadence}”这种通报；可用的有：{'、'.join(FORMS)}")
    return FORMS[cadence]
