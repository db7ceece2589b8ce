"""What cordon answers."""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Optional


class CordonError(Exception):
    """Cordon itself failed: a policy or a rule file is wrong, there is no runtime, a cell could not be made."""


class Rejected(CordonError):
    """The gate did not let the program run."""

    def __init__(self, report: "Report"):
        super().__init__("; ".join(str(finding) for finding in report.findings if not finding.granted) or "rejected")
        self.report = report


class _Ended(CordonError):
    def __init__(self, message: str, result: "Result"):
        super().__init__(message)
        self.result = result
        self.report = result.report


class LimitReached(_Ended):
    """The program was ended at a limit."""


class ProgramFailed(_Ended):
    """The program ended with a status other than 0, or by a signal."""


@dataclass(frozen=True)
class Finding:
    """One match of a rule. Lines and columns count from 1; `start` and `end` are bytes of the source."""
    rule_id: str
    severity: str
    message: str
    help: str
    capability: str
    argument: Optional[str]
    granted: bool
    suppressed: bool
    line: int
    col: int
    end_line: int
    end_col: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"line {self.line}: {self.message} [{self.rule_id}]"


@dataclass(frozen=True)
class Report:
    """What the check says. `json` is the whole record as text (docs/json.md)."""
    approved: bool
    findings: "list[Finding]"
    json: str = field(repr=False)

    def require(self) -> "Report":
        """Raises Rejected where the check did not approve."""
        if not self.approved:
            raise Rejected(self)
        return self

    def __bool__(self) -> bool:
        return self.approved


@dataclass(frozen=True)
class Output:
    """A piece of what the program writes, as it arrives; `stream` is 1 or 2."""
    stream: int
    data: bytes


@dataclass(frozen=True)
class Result:
    """How a run ended: "exited", "signaled", "limit", "refused", "canceled"."""
    ended: str
    exit_code: Optional[int]
    signal: int
    limit: str
    wall_ms: int
    warm: bool
    stdout_bytes: bytes
    stderr_bytes: bytes
    report: Report
    json: str = field(repr=False)

    @property
    def stdout(self) -> str:
        return self.stdout_bytes.decode("utf-8", "replace")

    @property
    def stderr(self) -> str:
        return self.stderr_bytes.decode("utf-8", "replace")

    @property
    def ok(self) -> bool:
        return self.ended == "exited" and self.exit_code == 0

    @property
    def details(self) -> "dict[str, Any]":
        """`result` of docs/json.md: what was used, what was tried."""
        details: "dict[str, Any]" = json.loads(self.json)["result"]
        return details

    def require(self) -> "Result":
        """Raises Rejected, LimitReached or ProgramFailed unless the program ran and exited with 0."""
        if self.ended == "refused":
            raise Rejected(self.report)
        if self.ended == "limit":
            raise LimitReached(f"ended at the limit {self.limit}", self)
        if not self.ok:
            how = f"exit code {self.exit_code}" if self.ended == "exited" else f"signal {self.signal}" if self.signal else self.ended
            raise ProgramFailed(how, self)
        return self
