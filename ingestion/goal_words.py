"""The words by which a policy text says how a goal is meant: at least or at most, how firmly, for whom."""

import re

_NOT = "(?:不得|不能|不准|不可|不应|不宜|不|严禁)"
_OVER, _UNDER = "(?:超过|超出|超|高于|突破|大于|多于|高出)", "(?:低于|少于|小于|短于)"
_SHRINK = "降低|下降|降|压缩|压减|压降|压|缩短|缩减|减少|减|精简|回落|收窄|下调"
_GROW = "提高|提升|增加|增长|扩大|上升|延长|拓展|增"
_NOT_OVER, _NOT_UNDER = f"{_NOT}{_OVER}", f"{_NOT}{_UNDER}"
_KEPT_BELOW = f"控制在|限制在|最多|至多|不足|≤|≦|<|(?<!不)(?<!不[得能准可应宜]){_UNDER}"
_DOWN_TO = f"(?:{_SHRINK})(?:至|到|为)"
_OF = r"(?:了|约|近|人民币|每年|[^,。;、\d]{1,8}的)?"  # 不得突破核定数的80%
BEFORE = {
    "<=": re.compile(rf"(?:{_NOT_OVER}|{_KEPT_BELOW}|{_DOWN_TO}){_OF}$"),
    ">=": re.compile(rf"(?:{_NOT_UNDER}|至少|最低|≥|≧){_OF}$"),
    ">": re.compile(rf"(?:(?<!不)(?<!不[得能准可应宜])(?<!严禁){_OVER}|(?<!不)逾|>){_OF}$"),
}
AFTER = {
    "<=": re.compile(r"\)?(?:以内|以下|之内|内(?=[,。;、)]|$))"),
    ">=": re.compile(r"\)?及?(?:以上|左右|上下)"),
}
KEPT_ABOVE = re.compile(r"(?:控制在|限制在)$"), re.compile(r"\)?及?以上")
ENDS_PART = re.compile(r"\)?(?:$|[,。;、)\n])")
REACHED = re.compile(
    rf"(?:达到|达|总数为|保持在|稳定在|维持在|实现|为|(?:{_GROW}|{_SHRINK})[到至]?)(?:约|近|大约|接近)?$"
)
ABOUT_BEFORE, ABOUT_AFTER = re.compile(r"(?:约|大约|接近|近)$"), re.compile(r"(?:左右|上下)")

STRENGTH = re.compile(r"力争|争取(?!到)|确保")
OWN_STRENGTH = re.compile(rf"({_NOT_UNDER}|至少|{_NOT_OVER}|控制在|达到|超过|突破)$")
_REACHING = "(?:再|完成|增长|增速)?(?:增长|达到|突破|实现|完成|新增|提高到|控制在)?"
STRETCH = re.compile(rf"[,、(;]?(?:力争|争取){_REACHING}")
BASE = re.compile(rf"[,、(;]?(?:确保|保底){_REACHING}")

_DISTRICT = (
    r"(?<![对向给由按以从把对])(?:各(?:区(?!域|间)|县|街道|开发区|乡镇|镇|市|新区|园区|地区|单位|功能区)"
    r"|每个?(?:区|县|街道|镇|乡镇|园区|市))"
    r"|[一-龥]区各(?!类|项|级|种)|[区县园市镇乡校]各(?!类|项|级|种|自然|界)"
    r"|[两二三四五六七八九十\d]+[大个][^,。;、]{0,6}(?:区|园|县|街道|镇)(?:要|应当|应)?(?:分别|各自|均)"
)
EACH = re.compile(_DISTRICT)
NOUNS = re.compile(r"收入|规模|总|产值|达|占|数量|比重|增速|覆盖率|合计|累计")
CONTINUES = re.compile(r"(?:并|再|还|力争|确保|争取|每年|全年)*(?:应当)?")
OWN_SUBJECT = re.compile(r"其中|全市|全区|全省|全县|市级|市(?!场|民)|[东南西北中][一-龥]?区")

# “A、B均达到”, “A和B各”: one figure for each of several indicators; `subjects` are counted, areas and offices aren't.
SEVERAL = re.compile(
    r"(?P<subjects>[^,。;:]+?)(?:的)?(?:总量|增速|增幅)?(?:均|都|各|分别)(?:[^,。;、\d]{0,8})$"
)  # fmt: skip
TWO_SUBJECTS = re.compile(r"[^,、。;和]{2,16}和[^,、。;和]{2,16}(?:年均增速|年均增长)(?:达到|增长|不低于|超过|突破)?$")
BETWEEN_SUBJECTS = re.compile("、|和|与|及|以及")
AREA = re.compile(r"(?:区|县|市|州|镇|乡|街道|园区|基地|中心|单位|部门|委|局|企业|政府|学校|医院)$")
RESPECTIVELY = re.compile("分别")

VERBS = re.compile(
    "新增|净增|新建|建成|建设|新培育|培育|培养|引进|引入|招引|吸引|集聚|落户|打造|创建|争创"
    "|完成|实现|增长|增加|提升|提高|下降|降低|减少|压减|压缩|压降|举办|组织|开展|选派|派驻"
    "|开工|投产|签约|发布|推出|获批|立项|布局|认定|登记|孵化|甄选|遴选|储备|覆盖|改造|整治"
    "|修复|治理|培训|招录|吸纳|帮扶|上市|推广|设立|成立|组建|发放|筹集|投入|实施|制定|出台"
    "|申报|入库|转化|建立|配备|改建|扩建|盘活|供应|执行|打通|投放|投用|消除|化解|淘汰|更新"
    "|购置|采购|接入|接待|优化|新辟|开辟|开通|修缮|保障|拥有|迈上|跨越|冲刺|救助|资助"
    "|总数|总量|总额|规模|数量|产值|收入|比重|占比|增速|[率数]$|累计|合计"
    "|办好|办理|惠及|达|占|为$|至$|到$"
)
ADJACENT_VERBS = re.compile(r"(?:推动|推进|加快|促进|支持|鼓励|扶持|新|增设|巩固|形成)$")
ADDING = re.compile(
    r"(?:新增|净增|新建|建成|培育|引进|创建|争创|获批|举办|打造|完成|新设|改造|签约|招引|投放|培训|组织|开展|推出)$"
)

EXACTLY = ("%", "‰", "个百分点", "百分点", "倍")
MASKED = re.compile(r"《[^《》]*》|“[^“”]{0,40}”|〔[^〕]*〕")


def has_no_subject(words: str) -> bool:
    """Whether a part of a sentence goes on with the subject before it: …,改造厕所20座 begins with its verb."""
    if OWN_SUBJECT.match(words):
        return False
    rest = words[CONTINUES.match(words).end() :]  # type: ignore[union-attr]
    return bool(VERBS.match(rest)) and not NOUNS.match(rest)
