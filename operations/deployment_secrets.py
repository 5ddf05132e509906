"""`make deployment-env`: writes .env from .env.example, with a new password or key wherever one is left empty.

python -m operations.deployment_secrets
"""

import os
import re
import secrets
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

from ingestion.settings import ROOT

_EMPTY = re.compile(r"(?m)^([A-Z_]+)=$")


def fill(example: str) -> str:
    """The example with a value of its own for every empty variable; comments stay.

    Each is 32 random bytes in URL-safe Base64: fit for an address, and the form that Airflow wants of its Fernet key.
    """
    return _EMPTY.sub(lambda match: f"{match[1]}={urlsafe_b64encode(secrets.token_bytes(32)).decode()}", example)


def write_environment(example: Path, target: Path) -> None:
    """Writes the file for this user's eyes only. FileExistsError when it is there: its keys are in use."""
    text = fill(example.read_text(encoding="utf-8"))
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def main() -> int:
    """The command; returns the exit code: 0 written, 1 there already."""
    target = ROOT / ".env"
    try:
        write_environment(ROOT / ".env.example", target)
    except FileExistsError:
        print(f"{target} 已存在，没有改动。其中的密钥正在使用；确实要换，请先备份并移走它。", file=sys.stderr)
        return 1
    print(f"已写入 {target}（只有本人可读）。用户 admin 的密码在 YIBIAO_ADMIN_PASSWORD。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
