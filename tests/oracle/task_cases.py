"""Random tasks of a random programme's document, the units beside them, and what tables say of them."""

from tests.oracle.tasks import Said

OUTSIDE, ALL_DISTRICTS = "outside", "districts"
WORDS = ("未启动", "推进中", "推进中", "推进中", "滞后", "已完成", "已完成", "已终止", "搞定")
STATUSES = [
    {"item_kind": "task", "status": status, "position": position, "is_final": is_final, "counts_as": counts_as}
    for status, position, is_final, counts_as in (
        ("未启动", "1", "false", "not_started"),
        ("推进中", "2", "false", "moving"),
        ("已完成", "3", "true", "finished"),
        ("滞后", "4", "false", "lagging"),
        ("已终止", "5", "true", "ended"),
    )
]
SPANS = (("", ""),) * 4 + (("2021-03-20", ""), ("", "2021-06-30"), ("2021-02-01", "2021-09-15"), ("2022-03-01", ""))


def add_units(case):
    """A unit for every reporter, under an alias too, one that fills in no form, and the districts as one."""
    documents = "|".join(row["document_id"] for row in case.rows("documents"))
    for reporter in case.rows("reporters"):
        id_ = reporter["reporter_id"]
        case.add("units", unit_id=id_, unit_name=id_, unit_kind="市级部门", document_ids=documents)
        case.add("unit_aliases", alias=f"{id_}区政府", unit_id=id_)
    for unit_id, name, kind in (
        (OUTSIDE, f"{case.name}外", "市级部门"),
        (ALL_DISTRICTS, f"各区{case.name}", "区"),
    ):
        unit_id = f"{case.name}_{unit_id}"
        case.add("units", unit_id=unit_id, unit_name=name, unit_kind=kind, document_ids=documents)


def draw_units(case, choose, most):
    """Some names of units as a document lists them, some twice."""
    names = [row["unit_name"] for row in case.rows("units")] + [row["alias"] for row in case.rows("unit_aliases")]
    return "、".join(choose.one_of(names) for _ in range(choose.number(0, most)))


def add_tasks(case, choose):
    """Some tasks of each document; and units beside its targets."""
    for document in case.rows("documents"):
        document_id = document["document_id"]
        for clause in ("一", "二", "三"):
            case.add("clauses", document_id=document_id, clause=clause)
        for number in range(choose.number(0, 3)):
            first, last = choose.one_of(SPANS)
            case.add(
                "tasks",
                task_id=f"{document_id}-task{number}",
                document_id=document_id,
                clause=choose.one_of(("一", "二")),
                task="示例",
                lead_units=draw_units(case, choose, 2),
                responsible_units=draw_units(case, choose, 3),
                due=choose.one_of(("", "年底前")),
                is_dated="false",
                valid_from=first,
                valid_to=last,
            )
    units = {}
    for row in case.rows("targets"):
        if row["target_id"] not in units:
            named = draw_units(case, choose, 2), draw_units(case, choose, 2)
            units[row["target_id"]] = dict(zip(("lead_units", "responsible_units"), named, strict=True))
        row |= units[row["target_id"]]


def draw_lines(case, choose):
    """What one table says of tasks: often nothing, sometimes of one twice."""
    known = [row["task_id"] for row in case.rows("tasks")]
    if not known or not choose.once_in(3):
        return ()
    return tuple((choose.one_of(known), draw_line(choose)) for _ in range(choose.number(1, 3)))


def draw_line(choose):
    texts = [choose.one_of((None, None, "甲", "乙")) for _ in range(3)]
    return Said(choose.one_of((*WORDS, None, None)), *texts)
