"""docker-compose.yml, Dockerfile and .env.example: what they promise, read from the files; no container engine."""

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet

from ingestion.settings import ROOT
from operations.component_health import main as component_health
from operations.deployment_secrets import write_environment
from operations.prepare_deployment import main as prepare_deployment
from tests.operations.deployment import compose_config, written_environment

FILE = ROOT / "docker-compose.yml"
TEXT = FILE.read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
AIRFLOW = {"api-server", "scheduler", "dag-processor", "triggerer"}
SECRET_NAME = re.compile(r"PASSWORD|SECRET|FERNET|CONN$|BROKER_URL|RESULT_BACKEND")
REQUIRED = re.compile(r"\$\{([A-Z_]+):\?")
PACKAGES = ("ingestion", "expectations", "reports", "operations", "samples", "dags", "dbt_project")


def example_names(pattern: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))


def test_the_services_are_airflows_four_processes_a_database_and_the_queue_as_a_profile():
    assert set(SERVICES) == AIRFLOW | {"postgres", "init", "redis", "worker"}
    profiles = {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service}
    assert profiles == {"redis": ["CeleryExecutor"], "worker": ["CeleryExecutor"]}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_runs_without_rights_and_is_asked_for_its_health(name):
    service = SERVICES[name]
    assert service["user"] not in ("root", "0", "0:0")
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")
    # Init ends by itself: that it succeeded is what the others wait for.
    assert ("healthcheck" in service) == (name != "init")


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ("postgres", "redis")])
def test_our_services_share_the_one_data_volume(name):
    assert SERVICES[name]["volumes"] == ["${YIBIAO_DATA:-data}:/data"]


def test_ports_are_opened_to_this_machine_only_and_only_the_interface():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"api-server": ["127.0.0.1:${YIBIAO_PORT:-8080}:8080"]}


def test_every_secret_comes_from_the_environment_and_none_has_a_default():
    secrets = {
        (name, variable): str(value)
        for name, service in SERVICES.items()
        for variable, value in (service.get("environment") or {}).items()
        if SECRET_NAME.search(variable)
    }
    assert len(secrets) >= 10
    for place, value in secrets.items():
        assert REQUIRED.search(value), place


def test_a_process_knows_only_the_secrets_that_it_needs():
    known = {name: set(REQUIRED.findall(str(service.get("environment", {})))) for name, service in SERVICES.items()}
    database, keys = {"POSTGRES_PASSWORD", "AIRFLOW_FERNET_KEY"}, {"AIRFLOW_JWT_SECRET"}
    assert known == {
        "postgres": {"POSTGRES_PASSWORD"},
        "init": database | {"YIBIAO_ADMIN_PASSWORD"},
        "api-server": database | keys | {"AIRFLOW_SECRET_KEY"},
        "scheduler": database | keys | {"REDIS_PASSWORD"},
        "dag-processor": database,
        "triggerer": database,
        "redis": {"REDIS_PASSWORD"},
        "worker": {"REDIS_PASSWORD"},
    }


def test_the_example_names_every_variable_and_gives_no_value():
    assert example_names(r"^([A-Z_]+)=$") == set(REQUIRED.findall(TEXT))
    assert example_names(r"^# ([A-Z_]+)=$") == set(re.findall(r"\$\{([A-Z_]+):-", TEXT))
    assert example_names(r"^.*[A-Z_]+=(.+)$") == set()


def test_the_file_with_the_values_is_not_committed():
    done = subprocess.run(["git", "check-ignore", ".env"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == ".env\n"
    assert ".env" not in re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)


def test_generated_values_differ_are_private_and_are_never_overwritten(tmp_path):
    example, (first, second) = ROOT / ".env.example", [tmp_path / name for name in ("first", "second")]
    for target in (first, second):
        write_environment(example, target)
    values = [line for path in (first, second) for line in path.read_text().splitlines() if re.match(r"[A-Z]", line)]
    contents = [value.partition("=")[2] for value in values]
    assert len(set(contents)) == len(contents) == 2 * len(example_names(r"^([A-Z_]+)=$"))
    assert all(Fernet(value).encrypt(b"x") for value in contents)
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    before = first.read_bytes()
    with pytest.raises(FileExistsError):
        write_environment(example, first)
    assert first.read_bytes() == before


def test_the_image_holds_every_package_and_is_left_as_a_user_without_rights():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {line.split()[-1] for line in lines if line.startswith("COPY") and "--from" not in line}
    assert set(PACKAGES) <= copied
    kept = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert {*PACKAGES, "pyproject.toml", "uv.lock"} == set(kept)
    assert [line for line in lines if line.startswith("USER")] == ["USER yibiao"]
    assert any("uv sync --locked" in line for line in lines)
    versions = {line.split()[1] for line in lines if line.startswith("FROM")}
    assert len(versions) == 1


def test_init_refuses_a_missing_or_short_password_before_it_does_anything(home, monkeypatch, capsys):
    for password in ("", "short"):
        monkeypatch.setenv("YIBIAO_ADMIN_PASSWORD", password)
        assert prepare_deployment() == 2
        assert f"有 {len(password)} 个字符" in capsys.readouterr().err
    assert not home.airflow_home.exists()


def test_a_component_without_an_answering_server_is_not_healthy(monkeypatch, capsys):
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "http://127.0.0.1:9/execution/")
    assert component_health(["scheduler"]) == 1
    assert "接口没有应答" in capsys.readouterr().out
    assert component_health([]) == 2


@pytest.mark.services
def test_the_file_follows_the_compose_specification():
    """check-jsonschema brings the specification's own schema."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.services
def test_the_schema_finds_a_mistake(tmp_path: Path):
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(TEXT.replace("healthcheck:", "healthcheek:"), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(wrong)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


@pytest.mark.services
@pytest.mark.parametrize("profile", ["", "CeleryExecutor"])
def test_docker_compose_reads_it_with_a_generated_environment(tmp_path, profile):
    config = compose_config(written_environment(tmp_path, profile))
    assert set(config["services"]) >= AIRFLOW | {"postgres", "init"}
    executor = config["services"]["scheduler"]["environment"]["AIRFLOW__CORE__EXECUTOR"]
    assert executor == (profile or "LocalExecutor")


@pytest.mark.services
def test_docker_compose_refuses_it_without_the_secrets(tmp_path):
    empty = tmp_path / ".env"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(AssertionError, match="make deployment-env"):
        compose_config(empty)
