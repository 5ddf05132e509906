"""Health check of a container: what the API server says of one of Airflow's components.

python -m operations.component_health scheduler

Airflow's own check imports all of Airflow, five seconds of a core each time; this one only asks.
"""

import json
import os
import sys
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import ProxyHandler, build_opener

_ADDRESS = "AIRFLOW__CORE__EXECUTION_API_SERVER_URL"
_TIMEOUT_SECONDS = 10


def component_status(execution_address: str, component: str) -> str:
    """What the API server says: healthy, unhealthy, or unknown where it knows no such component. OSError without it."""
    opener = build_opener(ProxyHandler({}))
    with opener.open(urljoin(execution_address, "/api/v2/monitor/health"), timeout=_TIMEOUT_SECONDS) as answer:
        return str((json.load(answer).get(component) or {}).get("status") or "unknown")


def main(arguments: list[str]) -> int:
    """The command; returns the exit code: 0 healthy, 1 not, 2 wrongly called."""
    if len(arguments) != 1 or _ADDRESS not in os.environ:
        print(
            f"用法：{_ADDRESS}=http://主机:端口/execution/ python -m operations.component_health 部件", file=sys.stderr
        )
        return 2
    try:
        status = component_status(os.environ[_ADDRESS], arguments[0])
    except (URLError, OSError, ValueError) as error:
        status = f"接口没有应答：{error}"
    print(f"{arguments[0]}: {status}")
    return 0 if status == "healthy" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
