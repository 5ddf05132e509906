"""The init service of the deployment: Airflow's database, the pool of one slot, the roles and the first user.

python -m operations.prepare_deployment

Safe at every start: what is there already stays, also a password that was changed since.
"""

import os
import sys

from ingestion.access import make_folder
from ingestion.settings import get_settings
from operations.airflow_environment import USER
from operations.airflow_processes import WAREHOUSE_POOL

PASSWORD = "YIBIAO_ADMIN_PASSWORD"
LEAST_PASSWORD_LENGTH = 12
_STEPS: tuple[tuple[str, ...], ...] = (
    ("db", "migrate"),
    ("pools", "set", WAREHOUSE_POOL, "1", "数据仓库一次只允许一个写入者"),
    ("sync-perm",),
    # Who may only look sees our two pages in the navigation, too.
    ("roles", "add-perms", "Viewer", "User", "--action", "can_read", "--resource", "Plugins"),
)
_FIRST_USER = (
    "users", "create", "--username", USER, "--role", "Admin",
    "--firstname", "一区一表", "--lastname", "管理员", "--email", "admin@localhost",
)  # fmt: skip


def main() -> int:
    """The command; returns the exit code: 0 prepared, 2 for want of a password. A step that fails ends it with its own.

    The steps are commands of Airflow in this one process: its import is what takes long, and the password is never
    part of a command line that others could read.
    """
    password = os.environ.pop(PASSWORD, "")
    if len(password) < LEAST_PASSWORD_LENGTH:
        problem = f"{PASSWORD} 有 {len(password)} 个字符，至少要 {LEAST_PASSWORD_LENGTH} 个；请在 .env 中填写。"
        print(problem, file=sys.stderr)
        return 2
    settings = get_settings()
    for folder in (settings.inbox, settings.published, settings.airflow_home / "logs"):
        make_folder(folder)
    for arguments in (*_STEPS, (*_FIRST_USER, "--password", password)):
        run_airflow(arguments)
    return 0


def run_airflow(arguments: tuple[str, ...]) -> None:
    """One command of Airflow. SystemExit, or the error of the command, when it fails."""
    from airflow.cli.cli_parser import get_parser

    parsed = get_parser().parse_args(arguments)
    parsed.func(parsed)


if __name__ == "__main__":
    sys.exit(main())
