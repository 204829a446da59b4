"""Asks `cutaway check` about a model, and tables what it said."""

import json
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ORDER = ["hidden", "pattern", "logits", "padded", "loss", "grad", "greedy"]  # a later one may be wrong only because an earlier one is


@dataclass
class Verdict:
    """worst: the largest |a-b| / |b| of a position, over the tensors of the golden file"""
    passed: bool
    worst: float
    where: str
    problem: str


@dataclass
class Tally:
    drawn: int = 0
    agreed: int = 0
    redrawn: Counter = field(default_factory=Counter)
    worst: float = 0.0
    where: str = ""
    covers: Counter = field(default_factory=Counter)
    problems: dict = field(default_factory=dict)

    def add(self, drawn, verdict):
        self.drawn += 1
        self.covers.update(drawn.covers)
        if not verdict.passed:
            self.problems[drawn.name] = verdict.problem
            return
        self.agreed += 1
        if verdict.worst > self.worst:
            self.worst, self.where = verdict.worst, f"{drawn.name}, {verdict.where}"


def check(folders):
    """Runs `cutaway check` on each folder: every site's edits, batches, padding, caches, and the golden file.

    All in one process: starting one for each would take longer than the checks.
    """
    done = subprocess.run([ROOT / "cutaway", "check", *folders, "--json"], capture_output=True, text=True)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    if len(records) != len(folders):
        lines = done.stderr.strip().splitlines() or ["no output"]
        said = next((line for line in lines if line.startswith("cutaway: ")), lines[-1])
        return [Verdict(False, float("nan"), "", f"exit code {done.returncode}: {said}")] * len(folders)
    return [verdict(record) for record in records]


def verdict(record):
    if "refused" in record:
        return Verdict(False, float("nan"), "", record["refused"])
    findings = record["checks"]
    values = [f for f in findings if f["name"] == "golden" and f["subject"] != "greedy"]
    worst = max(values, key=lambda f: float(f["worst"]), default=None)
    failed = sorted((f for f in findings if not f["passed"]), key=place)
    where = f"{worst['subject']}, {worst['at']}" if worst else ""
    return Verdict(not failed and worst is not None, float(worst["worst"]) if worst else 0.0, where, told(failed))


def place(finding):
    """Golden tensors first, in the order in which the model computes them."""
    subject = finding["subject"]
    layer = int(re.search(r"\.(\d+)", subject)[1]) if re.search(r"\.(\d+)", subject) else 10**6
    kind = subject.split(".")[0]
    return finding["name"] != "golden", layer, ORDER.index(kind) if kind in ORDER else len(ORDER)


def told(failed):
    if not failed:
        return ""
    first = failed[0]
    also = ", ".join(f"{f['name']} {f['subject']}" for f in failed[1:6])
    return (f"{first['name']} {first['subject']}: {float(first['worst']):.1e} at {first['at']}"
            + (f"; {len(failed) - 1} more: {also}" + (", …" if len(failed) > 6 else "") if also else ""))


def table(tallies):
    """Markdown: what agreed, and which settings were tried how often."""
    lines = ["| family | drawn | agreed | worst relative error | where | redrawn |", "|---|---|---|---|---|---|"]
    for family, t in tallies.items():
        worst = f"{t.worst:.1e}" if t.where else "–"
        lines.append(f"| {family} | {t.drawn} | {t.agreed} | {worst} | {t.where or '–'} | {t.redrawn.total()} |")
    total = [sum(getattr(t, name) for t in tallies.values()) for name in ("drawn", "agreed")]
    lines += [f"| **all** | {total[0]} | {total[1]} | {max(t.worst for t in tallies.values()):.1e} | | "
              f"{sum(t.redrawn.total() for t in tallies.values())} |", ""]
    families = list(tallies)
    lines += ["| setting | " + " | ".join(families) + " | all |", "|---" * (len(families) + 2) + "|"]
    counts = {name: [tallies[f].covers[name] for f in families] for name in sorted(set().union(*(t.covers for t in tallies.values())))}
    lines += [f"| {name} | " + " | ".join(str(n or "") for n in row) + f" | {sum(row)} |" for name, row in counts.items()]
    reasons = Counter()
    for family, t in tallies.items():
        reasons.update({f"{family}: {reason}": n for reason, n in t.redrawn.items()})
    if reasons:
        lines += ["", "Draws that transformers itself could not make or run, and that were drawn again:", ""]
        lines += [f"- {n} × {reason}" for reason, n in sorted(reasons.items())]
    problems = {name: problem for t in tallies.values() for name, problem in t.problems.items()}
    if problems:
        lines += ["", "Disagreements:", ""] + [f"- {name}: {problem}" for name, problem in problems.items()]
    return "\n".join(lines) + "\n"
