"""Settings, read once from the environment (prefix YIBIAO_) and typed; every path of the project comes from here."""

from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
LEAST_KEEP_DAYS = 31


class Settings(BaseSettings):
    """Where things lie and what is trusted. Relative paths resolve against the repository root."""

    model_config = SettingsConfigDict(env_prefix="YIBIAO_", env_ignore_empty=True, frozen=True)

    home: Path = Path("data")
    registry: Path = Path("dbt_project/seeds")
    dbt_project: Path = Path("dbt_project")
    shared: Path = Path("../shared")
    trust_receipts: bool = False
    require_reporter_folder: bool = False
    notify_urls: SecretStr = SecretStr("")
    remind_workdays: int = 3
    sign_off: bool = False
    remote_token: SecretStr = SecretStr("")
    remote_port: int = 9494

    keep_days: int = 400
    airflow_database: SecretStr = SecretStr("")

    @field_validator("home", "registry", "dbt_project", "shared")
    @classmethod
    def resolve_against_root(cls, path: Path) -> Path:
        """An absolute path stays; a relative one is meant from the repository root, whatever the shell's folder."""
        return (ROOT / path.expanduser()).resolve()

    @field_validator("keep_days")
    @classmethod
    def keep_what_is_under_way(cls, days: int) -> int:
        """A month's run waits for weeks until it is published: what is younger than a month is never cleaned away."""
        if days < LEAST_KEEP_DAYS:
            raise ValueError(f"YIBIAO_KEEP_DAYS 是 {days}，至少应为 {LEAST_KEEP_DAYS}：更短会删去还在进行的运行")
        return days

    @property
    def inbox(self) -> Path:
        """Where submissions are dropped."""
        return self.home / "inbox"

    @property
    def archive(self) -> Path:
        """Received originals under their SHA-256."""
        return self.home / "archive"

    @property
    def journal(self) -> Path:
        """The append-only journal."""
        return self.archive / "journal"

    @property
    def returned(self) -> Path:
        """One entry per returned file."""
        return self.home / "returned"

    @property
    def templates(self) -> Path:
        """Blank workbooks for the reporters, by programme and period."""
        return self.home / "templates"

    @property
    def receipts(self) -> Path:
        """One page per accepted file."""
        return self.home / "receipts"

    @property
    def published(self) -> Path:
        """Published vintages."""
        return self.home / "published"

    @property
    def provisional(self) -> Path:
        """Drafts that were not published."""
        return self.home / "provisional"

    @property
    def reminders(self) -> Path:
        """Daily lists of who is late and who is due soon."""
        return self.home / "reminders"

    @property
    def pipeline_file(self) -> Path:
        """The pipeline's own warehouse: one writer."""
        return self.home / "warehouse" / "pipeline.duckdb"

    @property
    def analyst_file(self) -> Path:
        """The analysts' snapshot: replaced by rename, many readers."""
        return self.home / "warehouse" / "analyst.duckdb"

    @property
    def kept_snapshots(self) -> Path:
        """Snapshots kept on demand, each named after its as-of time."""
        return self.home / "warehouse" / "snapshots"

    @property
    def registry_copy(self) -> Path:
        """The git-ignored copy of the registry, inside the dbt project that reads it."""
        return self.dbt_project / "registry"

    @property
    def airflow_home(self) -> Path:
        """Airflow's own database and logs."""
        return self.home / "airflow"

    @property
    def airflow_logs(self) -> Path:
        """What Airflow's processes and tasks log."""
        return self.airflow_home / "logs"


@lru_cache
def get_settings() -> Settings:
    """The settings of this process; tests that change the environment call `get_settings.cache_clear()`."""
    return Settings()
