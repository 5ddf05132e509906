"""The small case with its year so far: the months before, overall scores, and places that changed."""

from tests.reports.factories import MONTH, MONTHLY, PROGRAMME, Row, rows_of

MONTHS = ("2021-01", "2021-02", MONTH)
SCORES = {"jia": ("10", "25.5", "66"), "yi": ("12", "31", "60"), "bing": ("8", "20", "30")}
PLACES = {"jia": (2, 2, 1), "yi": (1, 1, 2), "bing": (3, 3, 3)}


def months() -> dict[str, list[Row]]:
    """Rows of the marts to create the warehouse with; 戊开发区 has figures in no month, 丁开发区 none in February."""
    progress = rows_of("indicator_progress")
    earlier = [
        row | {"period": month, "completion_ratio": row["completion_ratio"] and share, "cumulative_value": str(number)}
        for number, (month, share) in enumerate(zip(MONTHS, ("0.05", "0.125"), strict=False), start=3)
        for row in progress
        if row["value_state"] not in ("not_submitted", "not_due") and (row["reporter_id"], month) != ("ding", "2021-02")
    ]
    return {
        "indicator_progress": earlier + progress,
        "composite_rankings": [_score(key, number) for key in SCORES for number in range(len(MONTHS))],
        "movers": [_mover(key) for key in SCORES],
    }


def _score(reporter_id: str, number: int) -> Row:
    return _key(MONTHS[number]) | {
        "reporter_id": reporter_id,
        "scope": "overall",
        "scheme_id": "s",
        "score": SCORES[reporter_id][number],
        "rank": str(PLACES[reporter_id][number]),
        "ranked_count": "3",
        "reporter_count": "5",
    }


def _mover(reporter_id: str) -> Row:
    before, now = PLACES[reporter_id][-2:]
    return _key(MONTH) | {
        "reporter_id": reporter_id,
        "scope": "overall",
        "previous_rank": str(before),
        "rank": str(now),
        "rank_change": str(before - now),
        "score_change": "10.5",
        "part_id": "enterprises",
        "explanation_order": "1",
    }


def _key(period: str) -> Row:
    return {"programme_id": PROGRAMME, "cadence": MONTHLY, "period": period}
