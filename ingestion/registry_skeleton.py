"""`python -m ingestion.registry_skeleton FOLDER`: an empty registry for a new city, each file with its header."""

import csv
from pathlib import Path
from typing import Annotated

import typer

from ingestion.errors import RegistryError, YibiaoError
from ingestion.registry import column_types

app = typer.Typer(add_completion=False, help="为新的城市建立空的登记册文件夹。")


def write_skeleton(folder: Path) -> list[Path]:
    """One header-only CSV a table in `folder`, which must be new or empty; RegistryError where it isn't."""
    if folder.exists() and any(folder.iterdir()):
        raise RegistryError(f"{folder}: the folder is not empty; a new registry needs a folder of its own")
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for table, types in column_types().items():
        path = folder / f"{table}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerow(types)
        paths.append(path)
    return paths


@app.command()
def main(folder: Annotated[Path, typer.Argument(help="新登记册的文件夹，须不存在或为空")]) -> None:
    """写出每张表的表头，供逐行填写。"""
    try:
        paths = write_skeleton(folder)
    except YibiaoError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from None
    typer.echo(f"已写入 {len(paths)} 个只有表头的文件：{folder}")


if __name__ == "__main__":
    app()
