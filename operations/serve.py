"""`make up`: Airflow with its interface, until Ctrl-C.

python -m operations.serve
"""

import sys
import time

from rich.console import Console

from ingestion.access import make_folder
from ingestion.settings import get_settings
from operations.airflow_client import AirflowError
from operations.airflow_environment import USUAL_PORT, password_file
from operations.airflow_processes import end_on_termination, running_airflow
from operations.narration import Narrator

_CHECK_SECONDS = 2


def main() -> int:
    """The command; returns the exit code: 0 after Ctrl-C, 1 when Airflow did not start or stay."""
    end_on_termination()
    console = Console()
    settings = get_settings()
    make_folder(settings.inbox)
    try:
        with Narrator(console) as narrator, running_airflow(settings, narrator.say, USUAL_PORT) as client:
            narrator.note(f"Airflow 界面：{client.address}")
            narrator.note(f"用户 {client.user}，密码在 {password_file(settings.airflow_home)}")
            narrator.note(f"收件箱：{settings.inbox}；按 Ctrl-C 停止")
            narrator.say("Airflow 正在运行")
            while True:
                client.check_processes()
                time.sleep(_CHECK_SECONDS)
    except KeyboardInterrupt:
        return 0
    except AirflowError as error:
        console.print(str(error), style="bold red", markup=False, soft_wrap=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
