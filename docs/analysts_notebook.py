"""A marimo notebook on the analysts' file: one indicator through the year. `marimo edit docs/analysts_notebook.py`."""

import marimo

app = marimo.App(width="medium", app_title="一个指标的一年")


@app.cell
def connect():
    """Open the file read-only; another one is given behind `--`, as `-- --file 快照.duckdb`."""
    import duckdb
    import marimo as mo

    path = str(mo.cli_args().get("file") or "data/warehouse/analyst.duckdb")
    connection = duckdb.connect(path, read_only=True)
    return connection, mo


@app.cell
def choose(connection, mo):
    """The indicators that were ranked, by name."""
    ranked = connection.sql(
        "select distinct indicator_name, indicator_id from views.current_standings order by all"
    ).fetchall()
    indicator = mo.ui.dropdown(dict(ranked), value=ranked[0][0], label="指标")
    indicator  # noqa: B018
    return (indicator,)


@app.cell
def months(connection, indicator, mo):
    """What every reporter had by the end of each month."""
    rows = connection.execute(
        "select * exclude (programme_id, reporter_id, indicator_id) from views.whole_year_by_month "
        "where indicator_id = ? order by programme_id, reporter_id",
        [indicator.value],
    ).pl()
    mo.vstack([mo.md("## 全年逐月累计"), mo.ui.table(rows, page_size=20)])
    return


@app.cell
def ranks(connection, indicator, mo):
    """Every place of the year."""
    places = connection.execute(
        "select period, reporter_name, any_value(rank) as rank from views.ranking_history "
        "where indicator_id = ? and cadence = 'monthly_dispatch' and scope = 'overall' group by all",
        [indicator.value],
    ).pl()
    mo.vstack([mo.md("## 各月位次"), places.pivot(on="period", index="reporter_name", values="rank")])
    return


if __name__ == "__main__":
    app.run()
