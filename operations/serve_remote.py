"""`make remote`: the analysts' snapshot for readers on other machines, by DuckDB's own protocol (quack).

Read-only, by token, on loopback: whoever opens it to others puts a reverse proxy with TLS in front. A reader sees
marts and views and nothing else of this machine: files, settings and further databases are closed to it.
"""

import sys
import time
from importlib import import_module
from pathlib import Path

import duckdb

from ingestion.errors import YibiaoError
from ingestion.settings import Settings, get_settings

LEAST_TOKEN_LENGTH = 16
_LOOK_SECONDS = 2.0
# In this order: the protocol travels over the first.
_EXTENSIONS = ("httpfs", "quack")


class RemoteError(YibiaoError):
    """The snapshot can't be served; the text says why and what to do."""


class RemoteReaders:
    """Serves the snapshot; `refresh` takes up a newer one, which ends the readers' connections to the older."""

    def __init__(self, settings: Settings) -> None:
        """RemoteError where there is no snapshot, no token or no extension."""
        self._path, self._port = settings.analyst_file, settings.remote_port
        self._token = settings.remote_token.get_secret_value()
        if len(self._token) < LEAST_TOKEN_LENGTH:
            raise RemoteError(f"请在环境变量 YIBIAO_REMOTE_TOKEN 中设置口令，至少 {LEAST_TOKEN_LENGTH} 个字符")
        if not self._path.exists():
            raise RemoteError(f"还没有数据快照 {self._path}，请先完成一次计算并发布")
        self._extensions = [extension_file(name) for name in _EXTENSIONS]
        self._connection, self._served = self._serve()

    @property
    def address(self) -> str:
        """What readers attach."""
        return f"quack:localhost:{self._port}"

    def refresh(self) -> bool:
        """Serve the newest snapshot; True when it is another one than before."""
        if self._identity() == self._served:
            return False
        self.close()
        self._connection, self._served = self._serve()
        return True

    def close(self) -> None:
        """Ends serving."""
        self._connection.execute("from quack_stop(?)", [self.address])
        self._connection.close()

    def _identity(self) -> tuple[int, int]:
        """The snapshot is replaced by rename: another file is another snapshot."""
        status = self._path.stat()
        return status.st_ino, status.st_mtime_ns

    def _serve(self) -> tuple[duckdb.DuckDBPyConnection, tuple[int, int]]:
        identity = self._identity()
        connection = duckdb.connect(str(self._path), read_only=True)
        for file in self._extensions:
            connection.load_extension(str(file))
        connection.execute("set enable_external_access = false")
        connection.execute("from quack_serve(?, token := ?)", [self.address, self._token])
        connection.execute("set lock_configuration = true")
        return connection, identity


def extension_file(name: str) -> Path:
    """Where an extension of DuckDB lies that was installed as a package; RemoteError where it was not."""
    try:
        package = import_module(f"duckdb_extension_{name}")
    except ModuleNotFoundError as error:
        raise RemoteError(f"缺少 duckdb-extension-{name}，请用 make remote 启动，它会安装") from error
    (file,) = Path(str(package.__file__)).parent.rglob(f"{name}.duckdb_extension")
    return file


def main() -> None:
    """Serve until interrupted."""
    try:
        readers = RemoteReaders(get_settings())
    except RemoteError as error:
        sys.exit(str(error))
    print(f"只读提供 {get_settings().analyst_file}：{readers.address}；按 Ctrl-C 停止", flush=True)
    try:
        while True:
            time.sleep(_LOOK_SECONDS)
            if readers.refresh():
                print("已换成新的数据快照，请重新连接", flush=True)
    except KeyboardInterrupt:
        readers.close()


if __name__ == "__main__":
    main()
