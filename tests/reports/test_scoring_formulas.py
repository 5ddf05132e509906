"""Each kind of rule as a formula: which cells it refers to, and nothing but cells and numbers."""

import re
from decimal import Decimal

import pytest

from reports import scoring_formulas as formulas
from reports.scoring_formulas import Block, Line, Row

KEYS = (
    "source_value", "same_period_value", "target_value", "measured_value", "comparison", "best_value", "worst_value",
    "place", "highest_share", "lowest_share", "slope", "step", "points_per_step", "bonus_per_step", "bonus_cap",
    "cut_off", "base_share", "equal_share", "full_weight", "is_applied", "weight", "mark_share",
)  # fmt: skip
COLUMNS = {key: index for index, key in enumerate(KEYS)}
LINE, TABLE = Line(COLUMNS, 8), Block(COLUMNS, 5, 20)
PARAMETERS = dict.fromkeys(("cut_off", "bonus_cap"), None)
WORDS = {"ROUND", "ROUNDUP", "INT", "MIN", "MAX", "IF", "ABS", "SUM", "SUMIF", "SUMPRODUCT"}


def part(**more: object) -> Row:
    shown = {"basis": "completion", "measured_value": Decimal("0.85"), "target_value": Decimal(20), "comparator": ">="}
    return shown | {"is_held_or_not": False} | more


def rule(kind: str, **more: object) -> Row:
    return (
        PARAMETERS | {"rule_kind": kind, "step_rounding": None, "is_lower_better": False, "compared_decimals": 3} | more
    )


def cut(quotient: str, sign: str = "-") -> str:
    return f"=ROUND({quotient}{sign}4.99E-13,12)"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, cut("A9/C9")),
        ({"comparator": "range"}, cut("A9/C9")),
        ({"comparator": "<="}, cut("2-A9/C9")),
        ({"target_value": Decimal(-20)}, cut("1+(A9-C9)/ABS(C9)")),
        ({"target_value": Decimal(-20), "comparator": "<="}, cut("1-(A9-C9)/ABS(C9)")),
        ({"measured_value": Decimal("-0.5")}, cut("A9/C9", "+")),
        ({"basis": "growth"}, cut("A9/B9-1")),
        ({"basis": "level"}, "=A9"),
    ],
)
def test_what_a_mark_goes_by(changed: Row, expected: str) -> None:
    assert formulas.measured(part(**changed), LINE) == expected


@pytest.mark.parametrize(
    ("given", "changed", "share", "bonus"),
    [
        (rule("proportional"), {}, "=MIN(1,MAX(J9,MIN(I9,D9)))", "=MAX(0,MAX(J9,MIN(I9,D9))-1)"),
        (
            rule("linear"),
            {},
            "=MIN(1,ROUND(MAX(J9,MIN(I9,1+K9*(D9-1))),12))",
            "=MAX(0,ROUND(MAX(J9,MIN(I9,1+K9*(D9-1))),12)-1)",
        ),
        (rule("all_or_nothing"), {}, "=IF(A9>=C9,1,0)", ""),
        (rule("all_or_nothing"), {"comparator": ">"}, "=IF(A9>C9,1,0)", ""),
        (rule("all_or_nothing"), {"comparator": "<="}, "=IF(A9<=C9,1,0)", ""),
        (rule("proportional"), {"is_held_or_not": True}, "=IF(A9>=C9,1,0)", ""),
        (rule("place"), {}, "=MAX(J9,1-L9*(H9-1))", ""),
        (rule("efficacy"), {}, f"=IF(F9=G9,R9,ROUND(Q9+(1-Q9)*{cut('(D9-G9)/(F9-G9)')[1:]},12))", ""),
        (
            rule("steps", step_rounding="begun"),
            {},
            f"=MAX(J9,1-{cut('ROUNDUP(ROUND(MAX(1-D9,0)/L9,12),0)*M9/S9')[1:]})",
            "",
        ),
        (
            rule("steps", step_rounding="whole", cut_off=Decimal("0.8"), bonus_cap=Decimal(6)),
            {},
            f"=IF(D9<=P9,0,MAX(J9,1-{cut('INT(ROUND(MAX(1-D9,0)/L9,12))*M9/S9')[1:]}))",
            cut("MIN(O9,INT(ROUND(MAX(D9-1,0)/L9,12))*N9)/S9"),
        ),
        (
            rule("steps", step_rounding="linear", bonus_cap=Decimal(6)),
            {},
            f"=MAX(J9,1-{cut(cut('MAX(1-D9,0)/L9')[1:] + '*M9/S9')[1:]})",
            cut("MIN(O9," + cut("MAX(D9-1,0)/L9")[1:] + "*N9)/S9"),
        ),
    ],
)
def test_each_kind_of_rule_is_a_formula_over_its_row(given: Row, changed: Row, share: str, bonus: str) -> None:
    assert formulas.mark_share(part(**changed), given, LINE) == share
    assert formulas.bonus_share(part(**changed), given, LINE) == bonus


def test_places_and_ends_are_looked_up_among_the_same_comparison() -> None:
    lower = rule("place", is_lower_better=True)
    among, same = "$D$6:$D$21", "$E$6:$E$21=E9"
    assert formulas.place(rule("place"), LINE, TABLE) == f"=1+SUMPRODUCT(({same})*(ROUND({among},3)>ROUND(D9,3)))"
    assert formulas.place(lower, LINE, TABLE) == f"=1+SUMPRODUCT(({same})*(ROUND({among},3)<ROUND(D9,3)))"
    assert formulas.best(rule("efficacy"), LINE, TABLE, is_best=True) == f"{{=MAX(IF({same},{among}))}}"
    assert formulas.best(rule("efficacy"), LINE, TABLE, is_best=False) == f"{{=MIN(IF({same},{among}))}}"
    assert formulas.best(lower, LINE, TABLE, is_best=True) == f"{{=MIN(IF({same},{among}))}}"


def test_weights_are_shared_out_where_the_scheme_says_so() -> None:
    own = Block(COLUMNS, 8, 10)
    assert formulas.weight("$D$4", LINE, own, is_rescaled=False) == "=S9"
    assert formulas.weight("$D$4", LINE, own, is_rescaled=True) == "=ROUND(S9*$D$4/SUMIF($T$9:$T$11,1,$S$9:$S$11),6)"
    assert formulas.product(LINE, "weight", "mark_share") == "=ROUND(U9*V9,6)"


@pytest.mark.parametrize("kind", ["proportional", "linear", "all_or_nothing", "steps", "place", "efficacy"])
def test_a_formula_is_made_of_cells_numbers_and_known_functions(kind: str) -> None:
    given = rule(kind, step_rounding="begun", cut_off=Decimal("0.8"), bonus_cap=Decimal(6))
    found = [
        formulas.measured(part(), LINE),
        formulas.place(given, LINE, TABLE),
        formulas.best(given, LINE, TABLE, True),
    ]
    found += [formulas.mark_share(part(), given, LINE), formulas.bonus_share(part(), given, LINE)]
    for formula in filter(None, found):
        rest = re.sub(r"\$?[A-Z]{1,2}\$?\d+|\d+(\.\d+)?(E-\d+)?|[{}=<>+\-*/(),:]", " ", formula)
        assert set(rest.split()) <= WORDS, formula
