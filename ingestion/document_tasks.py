"""The tasks of a policy text: every numbered clause with its units, and every dated deliverable without a number."""

import re
from dataclasses import dataclass

from ingestion.clauses import FRONT_MATTER, Clause, path_parts
from ingestion.document_dates import TIMES, DocumentDates, year_of
from ingestion.document_units import UnitNote, find_unit_notes, units_at
from ingestion.goals import Goal, mask

_PREAMBLE = re.compile(r"目标|指标|要求|思想|原则|意义|背景|形势|基本情况|现状|概况|发展基础|附则|附件")
_INDICATORS = re.compile(r"指标(?:体系)?$")
_DEFINITION = re.compile(
    r"为了?[^。;]{4,80}制定本|本(?:办法|规定|条例|细则|方案|意见)(?:所称|适用|自|由|未尽|中下列)|适用本"
    r"|(?:所称|是)[^。;]{0,30}是?指|是[^。;]{0,12}主管部门"
    r"|违反本|同时废止|参照[^。;]{0,20}执行"
)
_ITEM = re.compile(r"(?<![^。;:\n])(?=[一二三四五六七八九十]{1,2}是)")
_DUE = re.compile(
    rf"(?:{TIMES.pattern})(?:度|底|末)?(?:\d{{1,2}}月(?:\d{{1,2}}日)?)?(?:上旬|中旬|下旬|底|末)?(?:之?前)?"
    r"|每月\d{1,2}日(?:之)?前|(?:每年|今年)?\d{1,2}月(?:\d{1,2}日|底|末)?之?前|(?:每年|今年)?年底之?前"
)
_OWN_YEAR = ("每年", "全年", "当年", "每月", "每季", "每半年", "今年", "本年")
_FORMULA = re.compile(r"起施行|起实施|有效期|负责解释")
_LONGEST = 60
_SHORTEST = 4


@dataclass(frozen=True)
class Task:
    """A task as drafted; `due` is in the words of the text."""

    clause: str
    task: str
    lead_units: str
    responsible_units: str
    due: str
    context: str

    @property
    def is_dated(self) -> bool:
        """Whether the text names a time for it."""
        return bool(self.due)


def find_tasks(clauses: list[Clause], goals: list[Goal], dates: DocumentDates) -> list[Task]:
    """All tasks of a document in its order."""
    parents = {path_parts(clause.path)[:depth] for clause in clauses for depth in range(len(path_parts(clause.path)))}
    tasks: list[Task] = []
    for clause in clauses:
        if clause.path == FRONT_MATTER or _FORMULA.search(clause.title) or clause.path.endswith(("章", "编")):
            continue
        notes = find_unit_notes(clause.text)
        is_leaf = path_parts(clause.path) not in parents or any(goal.clause == clause.path for goal in goals)
        dated = _dated_tasks(clause, notes, goals, dates)
        is_passive = bool(_PREAMBLE.search(clause.title) or _DEFINITION.search(clause.text))
        if (notes and not _INDICATORS.search(clause.title)) or (is_leaf and not is_passive):
            sentences = {task.task for task in dated}
            tasks += [task for task in _clause_tasks(clause, notes) if task.task not in sentences]
        tasks += dated
    return tasks


def _clause_tasks(clause: Clause, notes: list[UnitNote]) -> list[Task]:
    text = clause.text
    if len(notes) > 1:
        starts = [0, *(note.end for note in notes[:-1])]
        passages = [(text[start : note.start], note) for start, note in zip(starts, notes, strict=True)]
    else:
        note = notes[0] if notes else UnitNote()
        items = [item for item in _ITEM.split(text) if re.match(r"[一二三四五六七八九十]+是", item)]
        passages = [(item, note) for item in items] if len(items) > 1 else [(text, note)]
    return [
        Task(clause.path, _words(clause, passage, len(passages) > 1), note.lead_units, note.responsible_units, "",
             passage.strip().replace("\n", " ")[:_LONGEST])
        for passage, note in passages
    ]  # fmt: skip


def _words(clause: Clause, passage: str, is_one_of_many: bool) -> str:
    """The first sentence; one of many passages under a heading on its own line names both."""
    lines = passage.strip().split("\n")
    if is_one_of_many and len(lines) > 1:
        lines = lines[1:]
    first = re.split(r"[。;\n]", re.sub(r"^[一二三四五六七八九十]+是", "", lines[0].strip("。;,")), maxsplit=1)[0]
    has_heading = is_one_of_many and len(clause.paragraphs) > 1 and clause.title not in first
    return f"{clause.title}:{first}" if has_heading else first


def _dated_tasks(clause: Clause, notes: list[UnitNote], goals: list[Goal], dates: DocumentDates) -> list[Task]:
    """What is due at a named time and has no figure of its own."""
    text = clause.text
    masked = mask(text, notes)
    positions = [goal.figure.start for goal in goals if goal.clause == clause.path]
    tasks: list[Task] = []
    for match in _DUE.finditer(masked):
        ends = [end for end in (masked.find(mark, match.end()) for mark in "。;\n") if end >= 0]
        end = min(ends, default=len(text))
        start = max(masked.rfind(mark, 0, match.start()) for mark in ",。;\n") + 1
        is_general = match[0].startswith(_OWN_YEAR) and "前" not in match[0]
        year = year_of(match, dates)
        is_past = bool(year and dates.year and int(year) < dates.year)
        end = _own_part(masked, match.end(), end, positions)
        is_counted = any(start <= position < end for position in positions)
        if is_general or is_past or is_counted or masked[start:end].endswith(":") or len(masked[match.end() : end]) < 4:
            continue
        note = units_at(notes, match.end(), masked)
        words = text[start:end][:_LONGEST]
        tasks.append(Task(clause.path, words, note.lead_units, note.responsible_units, match[0], text[start:end]))
    return tasks


def _own_part(masked: str, start: int, end: int, positions: list[int]) -> int:
    """Where a dated deliverable ends: before its comma, when a figure follows in another part of the sentence."""
    comma = masked.find(",", start, end)
    is_counted_later = comma >= 0 and any(comma < position < end for position in positions)
    return comma if is_counted_later and len(masked[start:comma]) >= _SHORTEST else end
