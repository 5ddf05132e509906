"""What a quantity looks like in a Chinese policy text: digits or numerals, a multiplier, a unit; and what isn't one."""

import re

NUMERALS = "零一二两三四五六七八九十百千"
CJK = "[\u3400-\u9fff]"

# A unit that is also the beginning of another word says what must not follow it.
_AMBIGUOUS = {
    "个": "月|工作日|小时|自然日|季度|方面|环节|维度|中心、",
    "部": "门|委|署|分",
    "分": "[钟别之析期公局区院支类级布为散摊管配]",
    "度": "假",
    "位": "于|列|居|次",
    "件": "套",
    "点": "多",
    "对": "于|接|标|全|各|符|应",
    "节": "能|约|点",
    "台": "账",
    "例": "如",
    "路": "网",
    "道": "路",
}
_LETTERS = "家项名人户场条栋幢座所组处辆篇款种片块支只艘架张床宗起班份门枚颗次批倍番村镇列桩"
_LETTERS += "盏株棵本册轮头羽间期套根岁席铺眼口笔单卷幅尾顶柜箱课遍段版克吨升米度元亩"
_LONGER = (
    "周岁|学位|车位|泊位|床位|张床位|机架|标箱|标准箱|亿标准箱|台套|台件|件套|批次|课时|学时|站点|车道"
    "|户次|人次|车次|班次|架次|场次|家次|乘次|辆次|件次|艘次|航次|例次"
    "|平方公里|平方千米|平方米|平米|立方米|公里|千米|海里|公顷|吨标准煤|吨标煤|公斤|千克|微克|毫克"
    "|千瓦时|千瓦|兆瓦|吉瓦|摄氏度|分贝|美元|人民币|欧元|港元"
)
_PER = (
    "立方米|平方米|平方公里|公里|公顷|公斤|小时|分钟|千瓦时|万元|亿元|人次"
    "|人|户|亩|升|吨|天|日|月|年|次|床|辆|车|米|套|台|家|秒"
)
_SHARES = ("个百分点", "百分点", "%", "‰")
TIME_UNITS = ("个工作日", "工作日", "个自然日", "个小时", "小时", "分钟", "秒", "个月", "天", "日")


def _one(unit: str) -> str:
    return f"{unit}(?!{_AMBIGUOUS[unit]})" if unit in _AMBIGUOUS else unit


_NAMES = sorted({*_AMBIGUOUS, *_LETTERS, *_LONGER.split("|"), *_SHARES, *TIME_UNITS, "亿", "万"}, key=len, reverse=True)
UNIT = rf"(?:(?:{'|'.join(map(_one, _NAMES))})(?:/(?:{_PER})(?:·(?:{_PER}))?)?)"
MULTIPLIER = r"(?:万亿|[十百千]?[万亿]|[十百千](?=[万亿元]))?"
NUMBER = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_MORE = r"(?:余|多)?"
_TO = "[-—–~至到]"
_NO_UNIT = "[年月日号时点]"

ARABIC = re.compile(
    rf"(?<![A-Za-z0-9.])(?P<low>{NUMBER})"
    # 450万乘次至480万乘次 is a range whatever a 乘次 is: the same word stands on both sides.
    rf"(?:(?P<low_unit>{MULTIPLIER}(?:{UNIT}|(?!{_NO_UNIT})(?P<word>{CJK}{{1,3}}?)"
    rf"(?={_TO}(?:{NUMBER}){MULTIPLIER}(?P=word)))?){_TO}(?P<high>{NUMBER}))?"
    rf"{_MORE}(?P<multiplier>{MULTIPLIER}){_MORE}(?P<unit>(?(word)(?P=word)|{UNIT}?))(?![A-Za-z0-9])"
)

_COUNT = f"[{NUMERALS}]+"
_SPELLED_FORMS = (
    rf"百分之(?P<percent>{_COUNT}(?:点{_COUNT})?)",
    rf"千分之(?P<permille>{_COUNT}(?:点{_COUNT})?)",
    rf"万分之(?P<per_myriad>{_COUNT}(?:点{_COUNT})?)",
    r"翻(?P<doublings>[一两二三]?)番",
    r"(?P<divisor>[二三四五六七八九十])分之(?P<dividend>[一二两三四五六七八九])",
    r"(?P<tenths>[一二两三四五六七八九])成(?=以上|以下|以内|左右|[,。;、)\n]|$)",
    rf"(?<![第{NUMERALS}])(?P<count>{_COUNT})(?:{_TO}(?P<count_high>{_COUNT}))?{_MORE}(?P<multiplier>{MULTIPLIER})"
    rf"(?P<rest>{_COUNT})?(?P<unit>{UNIT})",
    r"(?<=突破|超过|跨越|迈上|达到)万亿(?P<trillion>元)",
    r"(?P<all>全覆盖)",
    r"(?P<half>(?:[一过]?半以上|过半(?!年)|一半(?=左右|[,。;、)])))",
)
SPELLED = re.compile("|".join(_SPELLED_FORMS))

_YEAR = r"(?:19|20|21)\d\d"
NOT_QUANTITIES = {
    "日期": re.compile(
        "|".join(
            (
                rf"{_YEAR}(?:-{_YEAR}|-\d\d)?(?=年)",
                r"\d{1,2}(?=月)",
                r"(?<=月)\d{1,2}(?=日|号)",
                r"\d{1,2}(?=日(?:之)?前)",
                r"(?<!\d)\d{1,2}(?=年(?:内|期|以内|时间|行动|计划))",
                r"\d{4}-\d{1,2}-\d{1,2}",
                r"(?<!\d)\d{1,2}:\d\d(?::\d\d)?",
                r"(?:19|20)\d\d-(?:19|20)\d\d(?!\d)",
            )
        )
    ),
    "文号": re.compile(r"[〔\[](?:19|20)\d\d[〕\]](?:第)?\d+号|〔\d+〕|索引号:?\s*\S+|[A-Z]\d{5,}\S*"),
    "编号": re.compile(
        r"第\d+(?=[号条章节款项页])|(?:附件|专栏|附表|表|图)\d+(?![\d.]*[个家张])|\d+(?=号(?:线|楼|院|文|令|厅|地块))"
    ),
    "名称": re.compile(r"[A-Za-z][A-Za-z.+-]*\d[\d.]*|\d+(?:\.\d+)?[A-Za-z]+\+?(?![A-Za-z])|[A-Za-z]+\+[A-Za-z0-9]+"),
}
MEASURED_IN_LETTERS = re.compile(r"\d+(\.\d+)?(km|kW|MW|GW|kV|TEU|m|kg|t|ha)")
