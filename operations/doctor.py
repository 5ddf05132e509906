"""`make doctor`: is everything installed, writable and whole; how the work stands; what to do next.

python -m operations.doctor

Only reads, and waits for nobody: it runs on an empty data folder and while the pipeline works.
"""

import logging
import sys
from datetime import UTC, datetime


def main() -> int:
    """The command; returns the exit code: 0, or 1 where something is wrong."""
    logging.disable(logging.WARNING)
    try:
        # Here, so that a missing package is told like anything else.
        from ingestion.settings import get_settings
        from operations.examination import examine, summary
        from operations.health import WRONG
    except ImportError as error:
        print(f"有问题　程序包：{error}。下一步：make setup（按 uv.lock 安装）")
        return 1
    try:
        settings = get_settings()
    except ValueError as error:
        print(f"有问题　设置：{' '.join(str(error).split())}。下一步：改正环境变量 YIBIAO_…")
        return 1
    checks = examine(settings, datetime.now(UTC))
    for check in checks:
        print(check.line)
    print(summary(checks))
    return int(any(check.mark == WRONG for check in checks))


if __name__ == "__main__":
    sys.exit(main())
