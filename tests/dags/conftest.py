"""Airflow for the tests of the DAG files: a home of its own, our plugins, no database.

Airflow reads its environment when it is first imported, so this is set while the folder is collected.
"""

import os
import tempfile

from ingestion.settings import ROOT

_home = tempfile.TemporaryDirectory(prefix="airflow-tests-")
_options = {
    "AIRFLOW_HOME": _home.name,
    "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "dags" / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_home.name}/airflow.db",
}
os.environ.update(_options)
