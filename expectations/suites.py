"""The one Great Expectations run: frames in, the keys of the rows that break each rule out."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from expectations.catalogue import Rule
from expectations.errors import CatalogueError, JudgingError

Row = dict[str, Any]
Frames = dict[str, list[Row]]
Failures = dict[str, list[str]]


def find_failures(frames: Frames, catalogue: dict[str, Rule]) -> Failures:
    """Run every rule over its frame in one checkpoint; rule id → keys of the rows that break it, in frame order.

    Each row has a unique text `key`; rules on other frames are left out. JudgingError when a rule can not be evaluated:
    better no verdict than a wrong one.
    """
    with _quiet():
        from expectations.rules import RULES

        if set(RULES) != set(catalogue):
            raise CatalogueError(f"rules.csv and rules.py differ in {sorted(set(RULES) ^ set(catalogue))}")
        rules = {rule_id: rule for rule_id, rule in RULES.items() if rule.frame in frames}
        results = _run_checkpoint(frames, rules) if any(frames.values()) else []
    failures: Failures = {rule_id: [] for rule_id in catalogue if rule_id in rules}
    for result in results:
        failures[result.expectation_config.meta["rule_id"]] = _broken_keys(result)
    return failures


def _run_checkpoint(frames: Frames, rules: dict[str, Any]) -> list[Any]:
    """All expectation results of one checkpoint with one validation a frame; a frame without rows has none."""
    import great_expectations as gx
    import pandas as pd
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults

    class FrameValidation(gx.ValidationDefinition):
        """A validation that brings its own frame: a checkpoint hands one frame to all of its validations."""

        def run(self, **arguments: Any) -> Any:
            """Run on the frame of this validation's name."""
            rows = [{name: row[name] for name in row if not name.startswith("_")} for row in frames[self.name]]
            frame = pd.DataFrame(rows, dtype=object)
            return super().run(**(arguments | {"batch_parameters": {"dataframe": frame}}))

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
        progress_bars={"globally": False},
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    source = context.data_sources.add_pandas("submissions")
    validations = []
    for name in (name for name, rows in frames.items() if rows):
        batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
        suite = gx.ExpectationSuite(
            name=name, expectations=[rule(meta={"rule_id": id_}) for id_, rule in rules.items() if rule.frame == name]
        )
        validation = FrameValidation(name=name, data=batch, suite=context.suites.add(suite))
        context.validation_definitions.add(validation)
        validations.append(validation)
    # Only the keys of the failing rows are wanted, all of them; of values, each decimal would cost a walk of the stack.
    result_format = {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": ["key"],
        "exclude_unexpected_values": True,
        "return_unexpected_index_query": False,
    }
    checkpoint = gx.Checkpoint(name="sweep", validation_definitions=validations, result_format=result_format)
    context.checkpoints.add(checkpoint)
    return [result for run in checkpoint.run().run_results.values() for result in run.results]


def _broken_keys(result: Any) -> list[str]:
    columns = result.result.get("unexpected_index_list")
    if not result.success and not columns:
        rule_id = result.expectation_config.meta["rule_id"]
        reasons = {info["exception_message"] for info in _exceptions(result.exception_info)}
        raise JudgingError(f"规则 {rule_id} 无法执行：{'；'.join(sorted(reasons)) or '没有结果'}")
    return [key for column in columns or [] for key in column["key"]]


def _exceptions(info: dict[str, Any]) -> list[dict[str, Any]]:
    """Great Expectations gives one record, or one for each metric that failed."""
    records = [info] if "raised_exception" in info else list(info.values())
    return [record for record in records if record["raised_exception"]]


@contextmanager
def _quiet() -> Iterator[None]:
    """Great Expectations warns about its own dependencies and logs each metric; neither concerns a submission."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
