"""Writes tiny random models with rarer settings, as Hugging Face folders and GGUF files, and what transformers computes with them.

    pip install torch==2.10.0 transformers==5.23.0 gguf==0.19.0 safetensors numpy
    python make_variants.py OUT [--only NAME] [--seed 0]

Each folder: config.json, model.safetensors (float32), model.gguf (by convert_gguf.py) and golden.safetensors with
  input_ids [2, 13]              two prompts
  logits [2, 13, vocab]          nats, unnormalised
  hidden.{i} [2, 13, dModel]     transformers' hidden_states (0 = embeddings, last = after the final norm), not of the deep ones
  pattern.{i} [2, head, 13, 13]  attention patterns, eager attention, neither of the deep nor of the quantised ones
  loss []                        mean next-token cross-entropy, nats
  greedy [20]                    greedy continuation of input_ids[0, :5], whole prompt anew for each token ([8] for longrope)
  long.input_ids [1, 40], long.logits [1, 40, vocab]   longrope only: a prompt past the length the short factors are for
The quantised ones have no model.safetensors: their golden is of the weights that the blocks stand for (gguf.quants.dequantize).
"""
import argparse
import os
import pathlib
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
import numpy as np
import torch
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as Type, quants
from safetensors.numpy import load_file
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

from convert_gguf import convert

BASE = dict(vocab_size=41, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=32, num_key_value_heads=2,
            max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0)
GEMMA = dict(BASE, hidden_size=16, num_attention_heads=2, num_key_value_heads=1, intermediate_size=16, sliding_window=5)
WIDE = dict(BASE, vocab_size=61, hidden_size=64, intermediate_size=64)
DEEP = dict(GEMMA, hidden_size=8, head_dim=2, query_pre_attn_scalar=4, intermediate_size=8)
GEMMA2_CAPS = dict(attn_logit_softcapping=20.0, final_logit_softcapping=10.0)


def rope(kind, theta=10000.0, **more):
    return dict(rope_type=kind, rope_theta=theta, **more)


SPECS = {
    "llama-linear": ("llama", dict(BASE, tie_word_embeddings=False, rope_parameters=rope("linear", factor=4.0))),
    "llama-yarn": ("llama", dict(BASE, head_dim=16, num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=128,
                                 rope_parameters=rope("yarn", 100.0, factor=4.0, original_max_position_embeddings=32))),
    "llama-biased": ("llama", dict(BASE, num_key_value_heads=1, attention_bias=True, mlp_bias=True, head_dim=16, tie_word_embeddings=True)),
    "qwen2-yarn": ("qwen2", dict(BASE, max_position_embeddings=128, rope_parameters=rope(
        "yarn", 100.0, factor=4.0, original_max_position_embeddings=32, beta_fast=1.5, beta_slow=0.25, attention_factor=1.3))),
    "phi3-longrope": ("phi3", dict(BASE, original_max_position_embeddings=16, rope_parameters=rope(
        "longrope", short_factor=[1.0, 1.25, 1.5], long_factor=[1.5, 3.0, 6.0], original_max_position_embeddings=16,
        partial_rotary_factor=0.75))),
    "phi3-window": ("phi3", dict(BASE, sliding_window=5)),
    "gpt-neox-serial": ("gpt_neox", dict(
        {k: v for k, v in BASE.items() if k != "num_key_value_heads"}, use_parallel_residual=False, hidden_act="gelu",
        rope_parameters=rope("default", partial_rotary_factor=0.5))),
    "gemma3-scaled": ("gemma3_text", dict(GEMMA, head_dim=8, query_pre_attn_scalar=8, num_hidden_layers=7, rope_parameters=dict(
        full_attention=rope("linear", 1000000.0, factor=8.0), sliding_attention=rope("default")))),
    # the two that have another score scale than their head size says, which GGUF tells by the number of layers alone
    "gemma2-46": ("gemma2", dict(DEEP, num_hidden_layers=46, **GEMMA2_CAPS)),
    "gemma3-62": ("gemma3_text", dict(DEEP, num_hidden_layers=62)),
    "llama-wide": ("llama", dict(WIDE, tie_word_embeddings=False)),
    "qwen2-wide": ("qwen2", dict(WIDE, tie_word_embeddings=True)),
    "gemma2-wide": ("gemma2", dict(WIDE, head_dim=16, query_pre_attn_scalar=16, sliding_window=5, **GEMMA2_CAPS)),
    "llama-256": ("llama", dict(WIDE, hidden_size=256, num_attention_heads=2, num_key_value_heads=1, head_dim=16, intermediate_size=32,
                                tie_word_embeddings=True)),
}
QUANTISED = {"llama-q8_0": ("llama-wide", "q8_0"), "llama-q4_0": ("llama-wide", "q4_0"), "qwen2-q8_0": ("qwen2-wide", "q8_0"),
             "qwen2-q4_0": ("qwen2-wide", "q4_0"), "gemma2-q8_0": ("gemma2-wide", "q8_0"), "gemma2-q4_0": ("gemma2-wide", "q4_0"),
             "llama-q4_k": ("llama-256", "q4_k")}
PLAIN = [name for name in SPECS if name not in {source for source, _ in QUANTISED.values()}]


def seeded(name, seed):
    """One stream of random numbers a model, whichever others are made with it."""
    torch.manual_seed(seed * 1000 + len(name) * 7 + sum(map(ord, name)))


def random_model(name, seed):
    kind, settings = SPECS[name]
    config = AutoConfig.for_model(kind, **settings)
    config._attn_implementation = "eager"
    seeded(name, seed)
    model = AutoModelForCausalLM.from_config(config).float().eval()
    with torch.no_grad():                   # default initialisations are too flat to catch a swapped weight
        for n, p in model.named_parameters():
            if p.dim() > 1:
                p.copy_(torch.randn_like(p) * (1.5 / p.shape[-1] ** 0.5))
            elif config.num_hidden_layers > 40 and ("post_attention" in n or "post_feedforward" in n):
                p.copy_(torch.randn_like(p) * 0.1 - 0.8)    # so many layers of full weight would multiply what rounding leaves
            elif "norm" in n:
                p.add_(torch.randn_like(p) * 0.2)
            else:
                p.copy_(torch.randn_like(p) * 0.3)
    model.tie_weights()
    return model


def random_blocks(block_type, rows, columns, rng):
    """Rows of K-quant blocks with random codes; its scales make values of the size of the other random weights."""
    block, size = GGML_QUANT_SIZES[block_type]
    n = rows * columns // block
    raw = rng.integers(0, 256, (n, size), dtype=np.uint8)

    def half(at, values):
        raw[:, at:at + 2] = values.astype(np.float16)[:, None].view(np.uint8)

    spread = rng.uniform(0.5, 1.5, n)
    if block_type == Type.Q4_K:             # d, dmin, 12 bytes of 6-bit scales and minima, 4-bit codes; 7.5 is a code's mean
        half(0, spread * 6e-4)
        half(2, spread * 6e-4 * 7.5)
    else:                                   # Q6_K: 192 bytes of codes, 16 signed scales, d
        raw[:, 192:208] = rng.integers(-32, 33, (n, 16)).astype(np.int8).view(np.uint8)
        half(208, spread * 3e-4)
    return raw.reshape(rows, -1)


def mixed_blocks(weights, seed):
    """The mix that a Q4_K_M file has: Q6_K for embeddings and values, Q4_K, and other types where rows are no multiple of 256."""
    rng = np.random.default_rng(seed)
    blocks = {}
    for name, x in weights.items():
        if x.ndim < 2:
            continue
        if x.shape[1] % 256:
            t = Type.Q8_0 if "down_proj" in name else Type.Q5_0
            blocks[name] = (t, quants.quantize(x, t))
        else:
            t = Type.Q6_K if "v_proj" in name or "embed" in name else Type.Q4_K
            blocks[name] = (t, random_blocks(t, *x.shape, rng))
    return blocks


def write_golden(model, name, file, seed):
    seeded(name + " prompts", seed)
    vocab, layers = model.config.vocab_size, model.config.num_hidden_layers
    ids = torch.randint(3, vocab, (2, 13))
    with torch.no_grad():
        o = model(input_ids=ids, output_hidden_states=True, output_attentions=True)
        g = {"input_ids": ids, "logits": o.logits,
             "loss": torch.nn.functional.cross_entropy(o.logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())}
        if layers < 40:
            g |= {f"hidden.{i}": h for i, h in enumerate(o.hidden_states)}
        if layers < 40 and name not in QUANTISED:
            g |= {f"pattern.{i}": p for i, p in enumerate(o.attentions)}
        longrope = (getattr(model.config, "rope_parameters", None) or {}).get("rope_type") == "longrope"
        seq = ids[:1, :5]
        for _ in range(8 if longrope else 20):
            seq = torch.cat([seq, model(input_ids=seq, use_cache=False).logits[:, -1:].argmax(-1)], 1)
        g["greedy"] = seq[0, 5:]
        if longrope:
            g["long.input_ids"] = torch.randint(3, vocab, (1, 40))
            g["long.logits"] = model(input_ids=g["long.input_ids"]).logits
        exact = model.double()(input_ids=ids).logits
        model.float()
    rounding = ((exact - o.logits).norm(dim=-1) / exact.norm(dim=-1)).max()
    save_file({k: v.contiguous().clone() for k, v in g.items()}, file)
    print(f"{name}: loss {g['loss']:.4f}, logit std {o.logits.std():.3f}, float32 against float64 {rounding:.1e}")


def write_plain(name, out, seed):
    model, folder = random_model(name, seed), out / name
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    convert(folder, folder / "model.gguf")
    write_golden(model, name, folder / "golden.safetensors", seed)


def write_quantised(name, out, seed):
    source, kind = QUANTISED[name]
    model, folder = random_model(source, seed), out / name
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        exact = pathlib.Path(scratch) / name
        model.save_pretrained(exact)
        weights = load_file(exact / "model.safetensors")
        if kind == "q4_k":
            blocks = mixed_blocks(weights, seed)
        else:
            blocks = {n: (Type[kind.upper()], quants.quantize(x, Type[kind.upper()])) for n, x in weights.items() if x.ndim > 1}
        convert(exact, folder / "model.gguf", kind, blocks if kind == "q4_k" else None)
        (folder / "config.json").write_bytes((exact / "config.json").read_bytes())
    with torch.no_grad():
        for n, (t, raw) in blocks.items():
            model.get_parameter(n).copy_(torch.from_numpy(quants.dequantize(raw, t).astype(np.float32)))
    model.tie_weights()
    write_golden(model, name, folder / "golden.safetensors", seed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Writes tiny random models with rarer settings, as folders and GGUF files.")
    parser.add_argument("out", type=pathlib.Path, help="folder that gets a folder for each model")
    parser.add_argument("--seed", type=int, default=0, help="any whole number (default 0)")
    parser.add_argument("--only", choices=[*PLAIN, *QUANTISED], help="make this one only")
    arguments = parser.parse_args()
    for each in [arguments.only] if arguments.only else [*PLAIN, *QUANTISED]:
        (write_plain if each in PLAIN else write_quantised)(each, arguments.out, arguments.seed)
