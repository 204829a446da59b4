#!/usr/bin/env python3
"""Steps of PyTorch's optimisers, for Cutaway's to agree with.

    optimisers.py tensor/src/test/resources/optimisers/expected.safetensors

Float64, seed 7, in the environment of ../reference/environment.py (torch 2.10.0). For each optimiser: two parameters at their start, four
gradients of each, and the parameters after each step. torch.optim.Muon orthogonalises in bfloat16; here its own function runs with that
cast replaced by a copy, so that its numbers can be compared to 1e-12.
"""

import inspect
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "reference"))
sys.dont_write_bytecode = True

STEPS = 4


def rerun_inside():
    from environment import environment, python_of, quiet
    raise SystemExit(subprocess.run([python_of(environment()), "-B", __file__, "--inside", *sys.argv[1:]], env=quiet()).returncode)


def exact_muon():
    import torch
    from torch.optim import _muon
    source = inspect.getsource(_muon._zeropower_via_newtonschulz)
    assert source.count(".bfloat16()") == 1
    exec(source.replace(".bfloat16()", ".clone()"), vars(_muon))
    return torch.optim.Muon


def optimisers():
    import torch
    muon = exact_muon()
    return {
        "adamw": lambda w, b: [torch.optim.AdamW([w, b], lr=0.01, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.1)],
        "sgd": lambda w, b: [torch.optim.SGD([w, b], lr=0.1)],
        "momentum": lambda w, b: [torch.optim.SGD([w, b], lr=0.1, momentum=0.9, weight_decay=0.05)],
        "nesterov": lambda w, b: [torch.optim.SGD([w, b], lr=0.1, momentum=0.9, nesterov=True)],
        "muon": lambda w, b: [muon([w], lr=0.02, weight_decay=0.1, momentum=0.95, nesterov=True, adjust_lr_fn="match_rms_adamw"),
                              torch.optim.AdamW([b], lr=0.02, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1)],
        "plain_muon": lambda w, b: [muon([w], lr=0.02, weight_decay=0, momentum=0.9, nesterov=False, adjust_lr_fn="match_rms_adamw"),
                                    torch.optim.AdamW([b], lr=0.02, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)],
    }


def main(target):
    import torch
    from safetensors.torch import save_file
    torch.set_num_threads(1)
    kept = {}
    for name, make in optimisers().items():
        generator = torch.Generator().manual_seed(7)
        draw = lambda *size: torch.randn(*size, generator=generator, dtype=torch.float64)
        w, b = torch.nn.Parameter(draw(5, 3)), torch.nn.Parameter(draw(5))
        kept[f"{name}.start.w"], kept[f"{name}.start.b"] = w.detach().clone(), b.detach().clone()
        steppers = make(w, b)
        for step in range(STEPS):
            w.grad, b.grad = draw(5, 3), draw(5)
            kept[f"{name}.gradient{step}.w"], kept[f"{name}.gradient{step}.b"] = w.grad.clone(), b.grad.clone()
            for stepper in steppers:
                stepper.step()
            kept[f"{name}.after{step}.w"], kept[f"{name}.after{step}.b"] = w.detach().clone(), b.detach().clone()
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    save_file(kept, target, metadata={"made by": f"scripts/golden/optimisers.py, torch {torch.__version__}, seed 7"})


if __name__ == "__main__":
    if "--inside" not in sys.argv:
        rerun_inside()
    sys.argv.remove("--inside")
    main(*sys.argv[1:])
