"""Python environments of their own with torch: Hugging Face transformers, with which Cutaway must agree, and the rivals of its benches.

The first script of a new machine that asks for one makes it (torch: 0.9 GB to download, 2.5 GB on disk) in
${CUTAWAY_CACHE:-${XDG_CACHE_HOME:-~/.cache}/cutaway}/NAME-venv, and makes it again when its requirements or the Python change.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"


def cache():
    base = os.environ.get("CUTAWAY_CACHE")
    return Path(base) if base else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cutaway"


def note(message):
    print(message, file=sys.stderr, flush=True)


def contents(requirements):
    """The bytes of a file of requirements and of the files that it includes with `-r`, in order."""
    text = requirements.read_bytes()
    included = [line.split()[1] for line in text.decode().splitlines() if line.startswith("-r ")]
    return text + b"".join(contents(requirements.parent / name) for name in included)


def key(requirements, with_gpu_libraries):
    of = contents(requirements) + (HERE / "gpu_stubs.py").read_bytes()
    return hashlib.sha256(of + f"{platform.python_version()} {with_gpu_libraries}".encode()).hexdigest()


def python_of(venv):
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def environment(with_gpu_libraries=False, name="transformers", requirements=REQUIREMENTS, imports="torch, transformers"):
    """The folder of an environment, made if it is missing or older than what it is to hold.

    requirements: a file of pinned packages with all that they import, for pip, torch among them
    imports: the modules that must import for the environment to count as made
    """
    venv = cache() / (f"{name}-venv-gpu" if with_gpu_libraries else f"{name}-venv")
    stamp = venv / "cutaway-key"
    if stamp.exists() and stamp.read_text() == key(requirements, with_gpu_libraries):
        return venv
    if sys.version_info < (3, 11):
        raise SystemExit(f"Python 3.11 or later wanted, this is {platform.python_version()}")
    note(f"making {venv}")
    if venv.exists():
        shutil.rmtree(venv)
    venv.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", venv], check=True, stdout=sys.stderr)
    python = python_of(venv)
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-cache-dir", "--quiet", "--no-deps"]
    subprocess.run([*pip, "-r", requirements], check=True, stdout=sys.stderr)
    torch = Path(subprocess.run(
        [python, "-c", "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])"],
        check=True, capture_output=True, text=True).stdout.strip())
    if (torch / "lib" / "libtorch_cuda.so").exists():
        if with_gpu_libraries:
            listing = "import importlib.metadata as m; print('\\n'.join(r.split(';')[0] for r in m.requires('torch') if 'nvidia-' in r))"
            wanted = subprocess.run([python, "-c", listing], check=True, capture_output=True, text=True).stdout.split()
            subprocess.run([*pip, *wanted], check=True, stdout=sys.stderr)
        else:
            subprocess.run([python, HERE / "gpu_stubs.py", torch / "lib"], check=True, stdout=sys.stderr)
    subprocess.run([python, "-c", f"import {imports}"], check=True, stdout=sys.stderr, env=quiet())
    stamp.write_text(key(requirements, with_gpu_libraries))
    return venv


def quiet():
    """Environment variables with which transformers asks no network and prints errors only."""
    return {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TQDM_DISABLE": "1",
            "TOKENIZERS_PARALLELISM": "false", "HF_HUB_DISABLE_TELEMETRY": "1"}
