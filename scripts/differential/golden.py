"""Writes a drawn model in Hugging Face format, and what transformers computes with it: float32, eager attention, one thread.

`golden.safetensors` has the layout that `cutaway check` reads (interp, GoldenFile); everything is computed by the model read back
from the folder, so that rounding to half precision, shards and spelling of config.json are behind it.
"""

import json
import random

import numpy  # noqa: F401 - safetensors wants it
import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM
from transformers.utils import logging

import draws
import spelling

logging.disable_progress_bar()
torch.set_num_threads(1)

GREEDY_START = 5  # ids of the first prompt that `greedy` goes on from
GREEDY = 20
PADDED = 7  # ids of the first prompt that are padded


class CannotRun(Exception):
    """transformers cannot make or run this model."""


def write(drawn, folder):
    """Writes config.json, the weights and golden.safetensors; returns the loss.

    Raises CannotRun where transformers cannot, and AssertionError where it reads two spellings of the same settings differently.
    """
    torch.manual_seed(drawn.seed)
    folder.mkdir(parents=True, exist_ok=True)
    kind = AutoModelForMaskedLM if drawn.family == "bert" else AutoModelForCausalLM
    try:
        config = AutoConfig.for_model(drawn.family, **drawn.settings)
        config._attn_implementation = "eager"
        model = kind.from_config(config).float().eval()
        randomize(model)
        model.tie_weights()
        model.to(getattr(torch, drawn.stored)).save_pretrained(folder, max_shard_size=drawn.shard_bytes or "1GB")
        (folder / "generation_config.json").unlink(missing_ok=True)
        model = read(kind, folder)
        ids = torch.randint(3, drawn.settings["vocab_size"], (2, draws.PROMPT))
        values = compute(model, ids, drawn)
    except AssertionError:
        raise
    except Exception as problem:  # noqa: BLE001 - it raises whatever it meets: each is counted, and reported by its text
        raise CannotRun(f"{type(problem).__name__}: {str(problem).strip().splitlines()[-1].strip()}") from problem
    if not all(torch.isfinite(v).all() for v in values.values()):
        raise CannotRun("a value is not finite")
    if drawn.old_spelling:
        respell(drawn, folder)
        again = fresh(read(kind, folder))(input_ids=ids).logits
        assert torch.equal(again, fresh(model)(input_ids=ids).logits), \
            f"{drawn.name}: transformers reads the old spelling of config.json otherwise"
    save_file({k: v.detach().contiguous().clone() for k, v in values.items()}, folder / "golden.safetensors")
    return float(values["loss"].detach())


def randomize(model):
    """Normal weights: the default initialisations are too flat to catch a swapped weight."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() > 1:
                p.copy_(torch.randn_like(p) * (1.5 / p.shape[-1] ** 0.5))
            elif "norm" in name or "ln_" in name or "LayerNorm" in name:
                p.add_(torch.randn_like(p) * 0.2)
            else:
                p.copy_(torch.randn_like(p) * 0.3)


def respell(drawn, folder):
    path = folder / "config.json"
    choose = random.Random(drawn.seed)
    config = spelling.old(drawn.family, json.loads(path.read_text()), choose)
    config = spelling.without_defaults(config, AutoConfig.for_model(drawn.family).to_dict(), choose)
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def read(kind, folder):
    return kind.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


def fresh(model):
    """The model as if it had not run: dynamic rotary frequencies stay at those of the longest run so far."""
    for module in model.modules():
        if type(module).__name__.endswith("RotaryEmbedding"):
            for name in [name for name in vars(module) if name.endswith("_max_seq_len_cached")]:  # by layer type
                delattr(module, name)
            module.__init__(module.config)
    return model


def compute(model, ids, drawn):
    embeds = model.get_input_embeddings()(ids).detach().requires_grad_(True)
    out = fresh(model)(inputs_embeds=embeds, output_hidden_states=True, output_attentions=True)
    masked = drawn.family == "bert"
    logits, targets = (out.logits, ids) if masked else (out.logits[:, :-1], ids[:, 1:])
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    values = {"input_ids": ids, "logits": out.logits, "loss": loss, "grad.embed": torch.autograd.grad(loss, embeds)[0]}
    values |= {f"hidden.{i}": h for i, h in enumerate(out.hidden_states)}
    values |= {f"pattern.{i}": p for i, p in enumerate(out.attentions)}
    direct = fresh(model)(input_ids=ids).logits
    if (direct - out.logits).abs().max() > 1e-4:
        raise AssertionError(f"{drawn.name}: transformers gives other logits for embeddings than for ids")
    if not masked:
        with torch.no_grad():
            values |= padded(model, ids) | greedy(model, ids, drawn)
    return values


def padded(model, ids):
    length = ids.shape[1]
    padded_ids = torch.zeros(1, length, dtype=torch.long)
    padded_ids[0, -PADDED:] = ids[0, :PADDED]
    mask = torch.zeros(1, length, dtype=torch.long)
    mask[0, -PADDED:] = 1
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    logits = fresh(model)(input_ids=padded_ids, attention_mask=mask, position_ids=positions).logits[:, -PADDED:]
    return {"padded.input_ids": padded_ids, "padded.mask": mask, "padded.logits": logits}


def greedy(model, ids, drawn):
    """As many tokens as the context holds. Where the rotary frequencies depend on the length of the run, as many as leave them plain:
    `check` compares all of them in one run."""
    longest = min(draws.context(drawn), drawn.original or GREEDY_START + GREEDY)
    count = min(GREEDY, longest - GREEDY_START)
    if count < 1:
        return {}
    run = ids[:1, :GREEDY_START]
    for _ in range(count):
        run = torch.cat([run, fresh(model)(input_ids=run).logits[:, -1:].argmax(-1)], 1)
    return {"greedy": run[0, GREEDY_START:]}
