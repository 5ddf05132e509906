"""Opens dropped files in a child process with limits, so that no file can take the sweep down with it."""

from pathlib import Path

from ingestion.child import LimitedChild, serve
from ingestion.errors import UnreadableFile
from ingestion.readers import Sheet, read_sheets


class SafeReader(LimitedChild):
    """Reads files one by one; `with SafeReader() as reader: reader.read(path)`."""

    def __init__(self) -> None:
        super().__init__("ingestion.reading")

    def read(self, path: Path) -> list[Sheet]:
        """The sheets of the file at `path`; UnreadableFile when there are none or the reader had to be stopped."""
        answer = self.ask(str(path))
        if answer is None:
            raise UnreadableFile("unsafe", "打开此文件超出内存或时间限制，已停止；请把数据复制到空白模板后重新报送。")
        if "problem" in answer:
            raise UnreadableFile(answer["code"], answer["problem"])
        return [Sheet(name, rows) for name, rows in answer["sheets"]]


def _answer(path: str) -> dict[str, object]:
    try:
        sheets = read_sheets(Path(path).read_bytes())
    except UnreadableFile as error:
        return {"code": error.code, "problem": str(error)}
    except MemoryError:
        return {"code": "unsafe", "problem": "打开此文件超出内存限制，已停止；请把数据复制到空白模板后重新报送。"}
    return {"sheets": [[sheet.name, sheet.rows] for sheet in sheets]}


if __name__ == "__main__":
    serve(_answer)
