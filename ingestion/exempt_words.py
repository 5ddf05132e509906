"""The words by which a policy text says that a number is no goal."""

import re

ORDINAL = re.compile(r"(?:第|(?<![提目之以年底])前|后|排名|排|列|对|为期|满)$")
RANK = re.compile(
    r"(?:进入|进至|跻身|位居|位列|居|排名|排位|排在|保持|稳居|列|名列|力争|升至|进位)[^,。;]{0,14}?(?:前|第)$"
)
RANK_UNIT = re.compile(r"(?:名|位|强|$)")
STATISTICAL = re.compile(r"每[期场班批组]?$")
EXAMPLES = re.compile(r"等$")
FIXED_SET = re.compile(
    r"[级类型]|大(?!关)|(?:清单|张表|机制|体系|方面|领域|环节|功能区|原则|阶段|类别|大类)"
    r"|[^\W\d_]{0,4}(?:专班|小组|工作组|部门|成员单位)"
)
OBJECTS = re.compile(r"(?:依托|围绕|聚焦|对标|结合|发挥|下设|分为|由)$")
REPEATED = re.compile(r"(?:连续|累计达|逾期|提前|不满|未满|年满)$")

SIZE = re.compile(
    r"(?!台阶|大关|关口)(?:及?以上|以下|以内|左右)?"
    r"(?:[级型\d]|的(?!目标|规模|总量|水平)|[^\W\d_a-zA-Z和及与以左上并且超占比较年月][^\W\d_a-zA-Z和及与上])"
)
# 66人以上大班额, 1万平方米以上的工地, 双向6车道以上: a measure that picks out what is meant.
THRESHOLD_UNITS = re.compile(
    r"(?:人|户|岁|周岁|平方米|平米|吨|千瓦|车道|公里|米|亩|立方米|公顷|学时|分)$"
)  # fmt: skip
THRESHOLD = re.compile(r"及?(?:以上|以下|以内)(?:的|[^\W\d_a-zA-Z和及与])|的(?!目标|规模|总量|水平)[^\W\d_]{2}")
FOLLOWED_BY_COUNT = re.compile(r"及?(?:以上|以下)的?[^\W\d_]{2,10}\d")
RAISED = re.compile(r"(?:设立|组建|发行|发放|投放)$"), re.compile(r"[^,。;\d]{0,8}(?:基金|债券|贷款|信贷|消费券)")
TERM = re.compile(r"(?:有效期|期限|任期|聘期|工期|服务期|周期)[^,。;]{0,4}$")
ROUND_NAMES = ("亿", "万")
AGE_UNITS = ("岁", "周岁")
AGED = re.compile(r"及?(?:以上|以下|以内)?[^\W\d_a-zA-Z以左]")
IF = re.compile(r"(?:及?以上|以下|以内)?的(?=[,。;、:])")
RATE = re.compile(r"(?:的)?(?:征收率|税率|利率|费率|贴息|政策|首付)")
ALL_OF_THEM = re.compile(r"(?:[、和]\d+[^\W\d_]{1,2})?全部")
PROJECT_SIZE = re.compile(r"(?:占地|占地面积|建筑面积|总投资|全长|总长|注册资本|双向)(?:约|达|为|在)?$")
SUBSIDY = re.compile(
    r"给予|予以|最高|一次性[^整]|奖励|奖补|补助|补贴(?!性)|资助|贴息|封顶|罚款"
    r"|按照?[^,。;]{0,20}比例|注册资[本金]|优惠|违约金"
)
FUNDS = re.compile(r"(?:安排|统筹|拨付|列支|下达|筹措|投入)[^,。;]{0,16}(?:资金|经费|预算)[^,。;]{0,4}$")
FUNDS_AFTER = re.compile(r"(?:左右|以上)?的?[^,。;\d]{0,6}(?:资金|经费|预算)")
ARRANGED = re.compile(r"(?:安排|统筹|拨付|列支|下达)[^,。;]{0,10}$")
RESULT = re.compile(r"增长|增速|比重|占比|总额|规模|营业收入|总收入|产值|增加值|交易额|投资|贡献|税收")

CADENCE = re.compile(r"每(?:半年|季度?|月|周|旬|年|两年|学期|日|天)|定期|不定期")
CADENCE_UNITS = ("次", "轮", "期", "遍", "场")
MECHANISM = re.compile(
    "考核|通报|调度|督导|督查|督办|检查|巡查|会议|例会|评估|评价|暗访|报送|报告|汇报|研究|约谈|拉练|会商"
    "|述职|点评|观摩|抽查|调研"
    "|协调|总结|公布|更新|自查|排查|演练|联席|召开|开会|听取"
)

BACKGROUND_HEADING = re.compile(
    r"回顾|现状|基本情况|概况|发展基础|主要成[就绩效]|取得[^。]{0,6}成效|工作成效|面临|形势|存在[^。]{0,4}问题|背景"
)
REVIEW = re.compile(r"工作|情况|完成|总结")
PLAN_HEADING = re.compile(r"目标|任务|安排|重点|举措|措施|计划|打算")
PAST = re.compile(
    r"截至|截止|目前|当前(?![和及])|过去[一两三五]?年"
    r"|仍有|尚有|共有|仅[为有]|近年来|现有|去年|上年|以来"
    r"|已经|已(?:有|达|建|完|形|培|引|实|累|突|超)|累计已|为基数|现状(?!总|建筑|用地)"
    r"|完成值|年基数|完成情况|实际值|基期|预计完成"
)
FUTURE = re.compile(r"力争|争取|确保|目标|[到至]20\d\d年|将")
BASELINE = re.compile(r"(?:从|由)[^,。;]{0,12}$")
BASELINE_AFTER = re.compile(r"[^,。;]{0,6}(?:增加|提高|提升|增长|上升|下降|降低|降|扩大|压缩|压减|缩短|减少|增)[到至]")
TERM_AFTER = re.compile(r"年")
