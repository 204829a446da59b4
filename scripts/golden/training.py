#!/usr/bin/env python3
"""A few steps of small trainings in PyTorch, for the lab's to agree with.

    training.py lab/src/test/resources/training/expected.safetensors

Float64, seed 7, in the environment of ../reference/environment.py (torch 2.10.0). For each net: its parameters at the start, the batch and the
loss of each step, and the parameters at the end. Names are the lab's, with an instance axis of 1.
"""

import math
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "reference"))
sys.dont_write_bytecode = True

STEPS = 6


def rerun_inside():
    from environment import environment, python_of, quiet
    raise SystemExit(subprocess.run([python_of(environment()), "-B", __file__, "--inside", *sys.argv[1:]], env=quiet()).returncode)


def mlp(p, x, y):
    """GELU, one hidden layer, cross-entropy over one question of 5 classes."""
    import torch.nn.functional as F
    h = F.gelu(F.linear(x, p["hidden.0.weight"], p["hidden.0.bias"]))
    return F.cross_entropy(F.linear(h, p["head.weight"], p["head.bias"]), y[:, 0])


def convolution(p, x, y):
    """Filters of 3, ReLU, largest of 2 by 2, cross-entropy of 4 classes."""
    import torch.nn.functional as F
    h = F.max_pool2d(F.relu(F.conv2d(x, p["filters.0.weight"], p["filters.0.bias"], padding=1)), 2)
    return F.cross_entropy(F.linear(h.flatten(1), p["head.weight"], p["head.bias"]), y[:, 0])


def autoencoder(p, x, y):
    """The toy of superposition: ReLU(W^T W x + b), squared errors weighted by 0.9^i."""
    import torch
    weight = 0.9 ** torch.arange(x.shape[1], dtype=torch.float64)
    out = torch.relu(x @ p["encoder.0.weight"].T @ p["encoder.0.weight"] + p["decoder.0.bias"])
    return (weight * (out - y) ** 2).sum(1).mean()


def harmonic(p, x, y):
    """Tokens embedded and tied; logits -n/2 log(d^2 + 1e-4), n = 4, by distances as torch.cdist has them."""
    import torch
    import torch.nn.functional as F
    table = p["embedding.weight"]
    h = torch.tanh(F.linear(table[x].flatten(1), p["hidden.0.weight"], p["hidden.0.bias"]))
    h = F.linear(h, p["back.weight"], p["back.bias"])
    squares = ((h[:, None] - table[None]) ** 2).sum(-1)
    return F.cross_entropy(-2 * torch.log(squares + 1e-4), y[:, 0])


def logistic(p, x, y):
    """A linear model, answers yes or no."""
    import torch.nn.functional as F
    return F.binary_cross_entropy_with_logits(F.linear(x, p["head.weight"], p["head.bias"]), y)


def cases(draw, classes):
    import torch
    adamw = lambda parameters: torch.optim.AdamW(parameters, lr=0.01, weight_decay=0.1)
    sgd = lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9)
    return {
        "mlp": (mlp, {"hidden.0.weight": draw(13, 7), "hidden.0.bias": draw(13), "head.weight": draw(5, 13), "head.bias": draw(5)},
                lambda: (draw(11, 7), classes(5, 11, 1)), adamw),
        "convolution": (convolution, {"filters.0.weight": draw(3, 1, 3, 3), "filters.0.bias": draw(3), "head.weight": draw(4, 48),
                                      "head.bias": draw(4)}, lambda: (draw(6, 1, 8, 8), classes(4, 6, 1)), sgd),
        "autoencoder": (autoencoder, {"encoder.0.weight": draw(2, 5), "decoder.0.bias": draw(5)},
                        lambda: (lambda x: (x, x.clone()))(draw(17, 5).abs()), sgd),
        "harmonic": (harmonic, {"embedding.weight": draw(7, 4), "hidden.0.weight": draw(6, 8), "hidden.0.bias": draw(6),
                                "back.weight": draw(4, 6), "back.bias": draw(4)}, lambda: (classes(7, 9, 2), classes(7, 9, 1)), adamw),
        "logistic": (logistic, {"head.weight": draw(1, 6), "head.bias": draw(1)},
                     lambda: (draw(13, 6), classes(2, 13, 1).double()), adamw),
    }


def factor(step):
    """Warm-up over 2 steps, a cosine to 0 over the last 4 of 6."""
    return min(1, (step + 1) / 2, (1 - math.cos(math.pi * min(1, (STEPS - step) / 4))) / 2)


def main(target):
    import torch
    from safetensors.torch import save_file
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(7)
    draw = lambda *size: 0.5 * torch.randn(*size, generator=generator, dtype=torch.float64)
    classes = lambda count, *size: torch.randint(count, size, generator=generator)
    kept = {}
    for name, (loss_of, parameters, batch, optimiser) in cases(draw, classes).items():
        parameters = {key: torch.nn.Parameter(value) for key, value in parameters.items()}
        for key, value in parameters.items():
            kept[f"{name}.start.{key}"] = value.detach().clone()[None]
        stepper = optimiser(list(parameters.values()))
        schedule = torch.optim.lr_scheduler.LambdaLR(stepper, factor)
        for step in range(STEPS):
            x, y = batch()
            kept[f"{name}.x{step}"], kept[f"{name}.y{step}"] = x.clone()[None], y.clone()[None]
            stepper.zero_grad()
            loss = loss_of(parameters, x, y)
            kept[f"{name}.loss{step}"] = loss.detach().clone()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(list(parameters.values()), 0.2)
            stepper.step()
            schedule.step()
        for key, value in parameters.items():
            kept[f"{name}.end.{key}"] = value.detach().clone()[None]
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    save_file(kept, target, metadata={"made by": f"scripts/golden/training.py, torch {torch.__version__}, seed 7"})


if __name__ == "__main__":
    if "--inside" not in sys.argv:
        rerun_inside()
    sys.argv.remove("--inside")
    main(*sys.argv[1:])
