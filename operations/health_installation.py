"""Whether what is installed is what the lock file names, and whether the settings can be used."""

import importlib.util
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from ingestion.errors import YibiaoError
from ingestion.registry import load_registry
from ingestion.settings import ROOT, Settings
from operations.health import Check, good, listed, note, wrong

# Named with their versions: what the files and DAGs depend on.
_NAMED = ("apache-airflow", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations")
_PROJECT = "yibiao"
_SETUP = "make setup（按 uv.lock 安装）"


def python_check(settings: Settings) -> Iterator[Check]:
    """Python's version against what pyproject.toml asks for."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    lowest, highest = (tuple(map(int, found)) for found in re.findall(r"(\d+)\.(\d+)", wanted))
    found = ".".join(map(str, sys.version_info[:3]))
    if lowest <= sys.version_info[:2] < highest:
        yield good("Python", found)
    else:
        yield wrong("Python", f"{found}，应为 {wanted}", "删去 .venv，再 make setup PYTHON=python3.12")


def packages_check(settings: Settings) -> Iterator[Check]:
    """Installed packages against uv.lock."""
    path = ROOT / "uv.lock"
    if not path.is_file():
        yield note("程序包", f"没有 {path}，无从核对版本", "从仓库取回 uv.lock")
        return
    lock = tomllib.loads(path.read_text(encoding="utf-8"))
    installed = {_folded(found.name): found.version for found in distributions()}
    missing, unlike = compare_with_lock(lock, installed)
    named = "，".join(f"{name} {installed[name]}" for name in _NAMED if name in installed)
    if missing:
        yield wrong("程序包", f"缺少 {listed(missing)}", _SETUP)
    elif unlike:
        yield wrong("程序包", f"版本与 uv.lock 不同：{listed(unlike)}", _SETUP)
    else:
        yield good("程序包", f"与 uv.lock 一致（{named}）")
    if not Path(sys.executable).with_name("dbt").is_file():
        yield wrong("dbt", f"{Path(sys.executable).parent} 中没有 dbt", _SETUP)


def compare_with_lock(lock: Mapping[str, Any], installed: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What the program needs and is not installed, and what is installed in another version than locked.

    `installed` are versions by folded name. What is needed only on some machines is not asked for.
    """
    packages: dict[str, list[Mapping[str, Any]]] = {}
    for package in lock["package"]:
        packages.setdefault(_folded(package["name"]), []).append(package)
    needed: set[str] = set()
    waiting = [_PROJECT]
    while waiting:
        name = waiting.pop()
        for package in packages.get(name, []):
            everywhere = {_folded(e["name"]) for e in package.get("dependencies", []) if "marker" not in e}
            waiting += sorted(everywhere - needed)
            needed |= everywhere
    missing = sorted(name for name in needed if name not in installed)
    unlike = [
        f"{name} {installed[name]}（应为 {'或'.join(sorted(versions))}）"
        for name, found in sorted(packages.items())
        if (versions := {package["version"] for package in found if "version" in package})
        and name in installed
        and installed[name] not in versions
    ]
    return missing, unlike


def settings_check(settings: Settings) -> Iterator[Check]:
    """Where the data folder is, and a setting that is made for taking over old mail."""
    yield good("数据目录", str(settings.home))
    if settings.trust_receipts:
        yield note(
            "设置",
            "YIBIAO_TRUST_RECEIPTS=1：收件箱里 receipts.csv 写的收到时间会被采信",
            "接管旧邮箱或试运行示例以外，应去掉这项设置",
        )


def registry_check(settings: Settings) -> Iterator[Check]:
    """Whether the registry can be read and makes sense."""
    try:
        registry = load_registry(settings.registry)
    except (YibiaoError, OSError) as error:
        first, _, rest = str(error).partition("\n")
        more = f"（另有 {len(rest.splitlines())} 处）" if rest else ""
        yield wrong("登记册", f"{first}{more}", "按所列文件和行改正，再运行 make doctor")
        return
    yield good("登记册", f"{settings.registry}，{len(registry.rows('programmes'))} 个方案")


def notifier_check(settings: Settings) -> Iterator[Check]:
    """Whether the addresses for reminders can be understood; nothing is sent."""
    urls = settings.notify_urls.get_secret_value().strip()
    if not urls:
        yield good("通知地址", "没有设置，不发送")
        return
    if importlib.util.find_spec("apprise") is None:
        return  # named among the packages
    import apprise

    services = apprise.Apprise()
    if services.add(urls):
        yield good("通知地址", "、".join(_shown(service) for service in services))
    else:
        yield wrong(
            "通知地址", "YIBIAO_NOTIFY_URLS 中有无法识别的地址", "按 Apprise 的写法改正，如 mailtos://、wecombot://"
        )


def _shown(service: Any) -> str:
    """An address without its secrets."""
    return str(service.url(privacy=True))


def _folded(name: str) -> str:
    """As package indexes compare names."""
    return re.sub(r"[-_.]+", "-", name).lower()
