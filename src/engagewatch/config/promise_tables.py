"""``[[promises]]``: promised efficiencies as an engagement file writes them.

A value is written in the unit of its metric: a duration such as "18h", a share such as "95%", or a
number. Which one is known only once the metric is, so values are read when the row is whole.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from engagewatch.config.durations import parse_duration
from engagewatch.config.fields import GradeField, MetricField, PathField, Table, Text
from engagewatch.config.problems import ManyRejectedError, RejectedError
from engagewatch.config.shares import parse_share
from engagewatch.model.metric import CATALOGUE, Metric, Unit
from engagewatch.model.promise import (
    PathShape,
    PathStep,
    Promise,
    PromiseBaseline,
)


def _written(value: object) -> str | float:
    """Take a value as it is written; what it says is read with its metric."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise RejectedError('a value is text such as "8h" or "95%", or a number')


ValueField = Annotated[
    str | float,
    PlainValidator(_written),
    WithJsonSchema({"type": ["string", "number"]}),
]


class BaselineRow(Table):
    """What it was before, and how that is known."""

    value: ValueField = Field(examples=["18h"])
    grade: GradeField = Field(examples=["B"])
    """A exported records, B dated documents, C notes with gaps, D memory."""
    source: Text = Field(examples=["invoices and mailbox 2025"])


class StepRow(Table):
    """What is to be reached on the way."""

    on: date = Field(examples=[date(2026, 6, 1)])
    value: ValueField = Field(examples=["12h"])


class PromiseRow(Table):
    """``[[promises]]``: one promised efficiency."""

    id: Text = Field(examples=["faster-fixes"])
    text: Text = Field(default="", examples=["We will halve the time you wait for a fix."])
    """What was said, in its own words."""
    said_in: Text = Field(examples=["proposal p.12"])
    metric: MetricField | None = Field(default=None, examples=["resolution_median"])
    """Left out, nothing can measure it: it is listed as that."""
    scope: Text = Field(default="*", examples=["P2"])
    """A priority, or for uptime a component; left out, all of them."""
    baseline: BaselineRow | None = Field(
        default=None, examples=[{"value": "18h", "grade": "B", "source": "invoices of 2025"}]
    )
    target: ValueField | None = Field(default=None, examples=["8h"])
    starts: date | None = Field(default=None, examples=[date(2026, 3, 2)])
    """From when on it is owed; left out, from the engagement's first day."""
    by: date | None = Field(default=None, examples=[date(2026, 9, 1)])
    path: PathField = Field(default=PathShape.LINEAR, examples=["linear"])
    """Evenly from the baseline to the target, in the steps below, or the target at once."""
    steps: list[StepRow] = Field(
        default_factory=list, examples=[[{"on": date(2026, 6, 1), "value": "12h"}]]
    )

    @model_validator(mode="after")
    def _values_fit_the_metric(self) -> PromiseRow:
        """Read every value in the unit of the metric."""
        wrong: list[RejectedError] = []
        if self.metric is not None and self.target is None:
            wrong.append(RejectedError("a metric without a target promises nothing", "add target"))
        if self.metric is None and self.target is not None:
            wrong.append(
                RejectedError("a target needs the metric that it is a value of", "add metric")
            )
        for place, value in self._values():
            try:
                self._read(value)
            except RejectedError as error:
                wrong.append(RejectedError(error.message, error.suggestion, place))
        if bool(self.steps) != (self.path is PathShape.STEPS):
            wrong.append(
                RejectedError(
                    "a path in steps has steps, and no other path does",
                    'write path = "steps" and steps = [{ on = 2026-06-01, value = "12h" }]',
                    ("path",) if "path" in self.model_fields_set else (),
                )
            )
        if wrong:
            raise ManyRejectedError(wrong)
        return self

    def _values(self) -> list[tuple[tuple[Any, ...], str | float]]:
        values: list[tuple[tuple[Any, ...], str | float]] = []
        if self.target is not None:
            values.append((("target",), self.target))
        if self.baseline is not None:
            values.append((("baseline", "value"), self.baseline.value))
        values += [(("steps", at, "value"), step.value) for at, step in enumerate(self.steps)]
        return values if self.metric is not None else []

    def _read(self, value: str | float) -> float:
        """Return a value in its metric's unit."""
        assert self.metric is not None
        return value_of(self.metric, value)

    def build(self, started: date) -> Promise:
        """Return the promise; one that does not say when it starts does so with the engagement."""
        steps = (PathStep(step.on, self._read(step.value)) for step in self.steps)
        measured = self.metric is not None
        baseline = None
        if self.baseline is not None and measured:
            baseline = PromiseBaseline(
                self._read(self.baseline.value), self.baseline.grade, self.baseline.source
            )
        return Promise(
            id=self.id,
            text=self.text,
            said_in=self.said_in,
            starts=self.starts or started,
            by=self.by,
            metric=self.metric,
            scope=self.scope,
            target=self._read(self.target) if self.target is not None and measured else None,
            baseline=baseline,
            shape=self.path,
            steps=tuple(sorted(steps, key=lambda step: step.on)) if measured else (),
        )


def value_of(metric: Metric, value: str | float) -> float:
    """Return what is written of a metric in its unit: seconds, a share, or a plain number.

    Raises:
        RejectedError: it is not written in that unit.
    """
    unit = CATALOGUE[metric].unit
    if unit is Unit.SECONDS:
        duration = parse_duration(value)
        if duration.business_days:
            raise RejectedError(
                "a measured time is in hours of work, not in business days", 'write it like "16h"'
            )
        return float(duration.seconds)
    if unit is Unit.SHARE:
        return parse_share(value)
    try:
        number = float(Decimal(value)) if isinstance(value, str) else value
    except ArithmeticError:
        number = -1.0
    if number < 0:
        raise RejectedError(f"{metric} is a plain number", "write it like 0.8 or 120")
    return number
