"""Why a quantity of a policy text is no goal; "" where it is one, or may be."""

import re

from ingestion import exempt_words as exempt
from ingestion import goal_words
from ingestion.document_dates import TIMES, DocumentDates
from ingestion.figure_patterns import TIME_UNITS
from ingestion.figures import split_unit
from ingestion.goal_place import Place

_ADDED_SPELLED = 10
_LONGEST_HEADING = 25


def is_rank(place: Place) -> bool:
    """进入全国前10名: the fewer, the better."""
    figure = place.figure
    is_place = bool(exempt.RANK_UNIT.fullmatch(figure.unit)) and not re.match(r"[级类个家]|的", place.after)
    return is_place and bool(exempt.RANK.search(place.before))


def why_no_goal(place: Place) -> str:
    """The reason, in the words of not_targets.csv."""
    rank = is_rank(place)
    if _is_baseline(place):
        return "基数，不是要达到的数"
    beside = "" if rank else _beside(place)
    if beside or _is_background(place):
        return beside or "已有数，不是要达到的数"
    return "" if rank else _money(place) or _condition(place) or _by_unit(place)


def is_background(titles: list[str], dates: DocumentDates) -> bool:
    """Whether these headings are over a review or a description: 2022年工作回顾, 面临的形势."""
    return any(_is_heading(title) and _is_over_background(title, dates) for title in titles)


def _is_heading(title: str) -> bool:
    is_counted = re.search(r"\d", re.sub(r"20\d\d(?=年)", "", title))
    return len(title) <= _LONGEST_HEADING and "," not in title and not is_counted


def _is_over_background(title: str, dates: DocumentDates) -> bool:
    if exempt.PLAN_HEADING.search(title):
        return False
    years = [int(match["year"]) for match in TIMES.finditer(title) if match["year"]]
    is_review = bool(exempt.REVIEW.search(title) and dates.year and years and max(years) < dates.year)
    return is_review or bool(exempt.BACKGROUND_HEADING.search(title))


def _beside(place: Place) -> str:
    """What the words right before and after the figure say."""
    before, after = place.before, place.after
    for reason, pattern in (
        ("序号或届次", exempt.ORDINAL),
        ("统计口径的一部分", exempt.STATISTICAL),
        ("举例的项数", exempt.EXAMPLES),
        ("既有对象的数量", exempt.OBJECTS),
        ("条件", exempt.REPEATED),
    ):
        if pattern.search(before):
            return reason
    if exempt.FIXED_SET.match(after):
        return "清单、机构或分类的项数"
    if place.figure.unit != "%" and exempt.ALL_OF_THEM.match(after):
        return "既有对象的数量"
    return "年限" if not place.figure.unit and exempt.TERM_AFTER.match(after) else ""


def _money(place: Place) -> str:
    base = split_unit(place.figure.unit)[1]
    is_money = base.endswith(("元", "人民币"))
    if _is_subsidy(place, is_money) or (base == "%" and exempt.RATE.match(place.after)):
        return "奖补、处罚的标准或条件"
    if is_money and exempt.FUNDS.search(place.before):
        return "安排的资金"
    if is_money and exempt.ARRANGED.search(place.before) and exempt.FUNDS_AFTER.match(place.after):
        return "安排的资金"
    raising, raised = exempt.RAISED
    if is_money and raising.search(place.before) and raised.match(place.after):
        return ""
    if is_money and exempt.SIZE.match(place.after):
        return "规模门槛"
    return ""


def _condition(place: Place) -> str:
    figure, before, after = place.figure, place.before, place.after
    base = split_unit(figure.unit)[1]
    if exempt.PROJECT_SIZE.search(before) and not re.search("完成|实现", before):
        return "规模门槛"
    if base in exempt.AGE_UNITS and (exempt.AGED.match(after) or not goal_words.REACHED.search(before)):
        return "年龄条件"
    if exempt.IF.match(after):
        return "条件"
    is_added = goal_words.ADDING.search(before) and not figure.unit.endswith("岁")
    is_measure = bool(exempt.THRESHOLD_UNITS.search(base))
    if is_measure and exempt.THRESHOLD.match(after) and (exempt.FOLLOWED_BY_COUNT.match(after) or not is_added):
        return "规模门槛"
    if base in exempt.CADENCE_UNITS and exempt.CADENCE.search(before):
        is_meeting = bool(exempt.MECHANISM.search(before) or exempt.MECHANISM.search(after))
        if is_meeting or (not place.is_compared and goal_words.ENDS_PART.match(after) and len(before) < 6):
            return "推进频次"
    return ""


def _by_unit(place: Place) -> str:
    """Whether its unit, together with a verb or a comparison, makes it a quantity to be reached."""
    figure, before, after = place.figure, place.before, place.after
    base = split_unit(figure.unit)[1]
    is_reached = bool(goal_words.REACHED.search(before))
    if base in TIME_UNITS:
        return "" if _is_bounded_time(place) else "期限"
    if not figure.unit:
        return "" if place.is_compared or (is_reached and not re.match(r"\w", after)) else "没有单位的数"
    if figure.text == "全覆盖":
        return ""
    if figure.is_spelled and base not in goal_words.EXACTLY:
        if figure.unit.endswith(exempt.ROUND_NAMES) and not goal_words.ENDS_PART.match(after):
            return "规模门槛"
        is_many = figure.magnitudes[0] > 1 and base not in ("批", "期", "点", "轮", "分", "度", "对")
        is_large = figure.magnitudes[0] > _ADDED_SPELLED and (_has_verb(before) or _is_last_word(place))
        return "" if is_many and (place.is_compared or goal_words.ADDING.search(before) or is_large) else "名称或约数"
    return "" if place.is_compared or _is_counted(place, base) else "没有完成要求"


def _is_bounded_time(place: Place) -> bool:
    """不超过8分钟, 5个工作日以内, 290天以上; not 自受理之日起5个工作日内."""
    if exempt.TERM.search(place.before):
        return False
    if re.search(r"天数$", place.before) or goal_words.REACHED.search(place.before):
        return True
    is_bounded_before = any(pattern.search(place.before) for pattern in goal_words.BEFORE.values())
    return is_bounded_before or (place.is_compared and not place.after.startswith("内"))


def _has_verb(before: str) -> bool:
    verbs = (goal_words.VERBS, goal_words.ADJACENT_VERBS, goal_words.REACHED)
    return any(pattern.search(before) for pattern in verbs)


def _is_counted(place: Place, base: str) -> bool:
    is_exact = place.figure.high is not None or base in goal_words.EXACTLY
    return _has_verb(place.before) or _is_last_word(place) or is_exact


def _is_last_word(place: Place) -> bool:
    return bool(goal_words.ENDS_PART.match(place.after) and re.search(r"[^\W\d_]{2}$|[”)]$", place.before))


def _is_baseline(place: Place) -> bool:
    return bool(exempt.BASELINE.search(place.before) and exempt.BASELINE_AFTER.match(place.after))


def _is_background(place: Place) -> bool:
    past = [match.end() for match in exempt.PAST.finditer(place.sentence_before)]
    return bool(past) and not exempt.FUTURE.search(place.sentence_before[past[-1] :])


def _is_subsidy(place: Place, is_money: bool) -> bool:
    if not exempt.SUBSIDY.search(place.passage):
        return False
    before = place.before
    is_condition = bool(re.match(r"(?:对|凡|单个|每家|每户)", before))
    is_result = bool(exempt.RESULT.search(before)) and not re.search(r"按|最高|给予", before)
    is_goal = bool(goal_words.REACHED.search(before)) and bool(goal_words.ENDS_PART.match(place.after)) and not is_money
    return is_condition or ((is_money or place.figure.unit == "%") and not is_result and not is_goal)
