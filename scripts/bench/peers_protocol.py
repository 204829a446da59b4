"""What every rival of `cutaway bench --peers` shares: its requests, its clock, its memory and how a long task is sampled.

A worker opens a model, prints one line of JSON that says so, then answers one line of JSON on standard input with one on standard output
until the input ends; see peers --help for the fields. Progress, warnings and whatever a library prints go to standard error.
Seconds are wall time, memory is in MB of 10^6 bytes, the metric in nats.
"""

import argparse
import ctypes
import dataclasses
import gc
import itertools
import json
import math
import os
import statistics
import sys
import time
import traceback

ROWS = 64  # prompts at most in one forward of an expert's batch; with 14 tokens each, a row costs the same from 32 on, within an eighth
CALIBRATION_TOKENS = 14


@dataclasses.dataclass(frozen=True)
class Question:
    """A request: a task on two prompts of one length and the two tokens whose logits are compared."""

    task: str
    prompt: list  # token ids of the clean prompt, [pos]: where values are taken from
    contrast: list  # token ids of the corrupted prompt, [pos]: the run that is edited
    answer: int
    against: int
    sample: int | None = None  # how many of the task's edits to run, evenly spaced; None: all
    expert: bool = False
    layer: int | None = None  # the receiver of path_q
    head: int | None = None

    def __post_init__(self):
        if not self.prompt or len(self.prompt) != len(self.contrast):
            raise ValueError(f"prompt has {len(self.prompt)} ids and contrast {len(self.contrast)}; two equal lengths of 1 or more wanted")
        if self.task == "path_q" and (not self.layer or self.head is None):
            raise ValueError(f"path_q wants the receiver's layer, 1 or more, and head; given {self.layer} and {self.head}")

    def margin(self, logits):
        """logit(answer) - logit(against) at the last position, nats. logits: [batch, pos, vocab]; returns [batch]."""
        return logits[:, -1, self.answer] - logits[:, -1, self.against]

    def metric(self, logits):
        """The margin of a batch of one, [] (a scalar)."""
        return self.margin(logits)[0]


@dataclasses.dataclass(frozen=True)
class Answer:
    """The metric after each edit, None where it was not asked, and the function of the library that was used."""

    values: list | dict
    asked: int
    of: int
    how: str


def edits(shape):
    """The index of every edit of a task: (layer, pos), (layer, head) or (layer, pos, head), in order."""
    return list(itertools.product(*map(range, shape)))


def evenly(items, count):
    """That many of the items, each from the middle of an equal stretch; all of them without a count."""
    if count is None or count >= len(items):
        return items
    return [items[int((i + 0.5) * len(items) / count)] for i in range(count)]


def batches(shape, sample):
    """Edits of one layer each, at most ROWS together; of a sample whole batches, so that a row costs what it costs in all of them."""
    each = [list(layer) for _, layer in itertools.groupby(edits(shape), key=lambda edit: edit[0])]
    parts = [layer[i:i + ROWS] for layer in each for i in range(0, len(layer), ROWS)]
    return evenly(parts, None if sample is None else math.ceil(sample * len(parts) / math.prod(shape)))


def put(values, clean, batch, axes):
    """Writes clean values into a batch, row i of which is changed by edit i.

    values: [row, pos, dModel] or [row, pos, head, dHead], changed in place
    clean: the same of one prompt, without the row
    axes: the edits' axes: "layer pos", "layer head" or "layer pos head"
    """
    for row, index in enumerate(batch):
        edit = dict(zip(axes.split(), index))
        at = (edit.get("pos", slice(None)), *([edit["head"]] if "head" in edit else []))
        values[(row, *at)] = clean[at]


def answer(shape, found, how):
    """found: the metric after each edit that was asked, by its index."""

    def nested(at):
        return found.get(at) if len(at) == len(shape) else [nested((*at, i)) for i in range(shape[len(at)])]

    return Answer(nested(()), len(found), math.prod(shape), how)


def read_mb(field):
    """A field of this process's status in MB; None where the system does not tell."""
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(field)) * 1.024e-3
    except OSError:
        return None


def settle():
    """Gives back freed memory and forgets the peak so far, so that the next peak is that of what comes next."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except (OSError, AttributeError):
        pass


def fastest_threads(forward):
    """The number of torch's threads, from 1 to the cores, with which a short forward is fastest, by the median of three: torch's threads
    spin while they wait for one another, so where cores are shared with other programs more of them can take twenty times as long.
    """
    import torch
    fastest, chosen = math.inf, 1
    for threads in range(1, (os.cpu_count() or 1) + 1):
        torch.set_num_threads(threads)
        times = []
        while len(times) < 4 and (not times or times[-1] < 4 * fastest):
            begin = time.perf_counter()
            forward()
            times.append(time.perf_counter() - begin)
        median = statistics.median(times[1:]) if len(times) == 4 else math.inf  # the first warms up
        if median < fastest:
            fastest, chosen = median, threads
    return chosen


def measure(rival, request):
    question = Question(**request)
    if question.task not in rival.tasks:
        raise ValueError(f"no task {question.task!r}; known: {', '.join(rival.tasks)}")
    rival.forward(question.contrast)
    settle()
    before, forwards = read_mb("VmRSS"), []
    counter = rival.module.register_forward_pre_hook(lambda module, inputs: forwards.append(None))
    try:
        begin = time.perf_counter()
        got = rival.tasks[question.task](question)
        seconds = time.perf_counter() - begin
    finally:
        counter.remove()
    peak = read_mb("VmHWM")
    return {"task": question.task, "seconds": round(seconds, 4), "asked": got.asked, "of": got.of, "forwards": len(forwards),
            "peak_mb": None if peak is None else round(max(0.0, peak - before), 1), "values": got.values, "how": got.how}


def serve(open_rival):
    """Runs a worker. open_rival: opens a folder and returns an object with

    name, version: of the library
    module: the torch module whose calls are counted as forwards
    forward(ids): one plain forward of a prompt
    tasks: a function from Question to Answer by each task's name
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer

    def say(record):
        answers.write(json.dumps(record) + "\n")
        answers.flush()

    import torch
    begin = time.perf_counter()
    rival = open_rival(options.folder)
    loaded = time.perf_counter() - begin
    ids = list(range(100, 100 + CALIBRATION_TOKENS))
    threads = options.threads or fastest_threads(lambda: rival.forward(ids))
    torch.set_num_threads(threads)
    rival.forward(ids)
    settle()
    resident = read_mb("VmRSS")
    say({"rival": rival.name, "version": rival.version, "torch": torch.__version__, "threads": threads, "load_seconds": round(loaded, 3),
         "resident_mb": None if resident is None else round(resident, 1)})
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            say(measure(rival, json.loads(line)))
        except Exception as problem:
            traceback.print_exc()
            say({"error": f"{type(problem).__name__}: {problem}"})
