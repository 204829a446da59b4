"""Reads a GGUF file with nothing but its own metadata and compares what transformers computes from it to a golden.

    pip install torch==2.10.0 transformers==5.23.0 gguf==0.19.0 safetensors numpy
    python check_gguf.py CONVERTED GOLDEN

The way back from convert_gguf.py, written apart from it: names and rows as tables, the configuration from the file's keys and the defaults
that llama.cpp has for absent ones. Prints for each CONVERTED/NAME/model.gguf the largest difference of the logits, |a-b| / |b| per
position, and, where the folder with the golden has model.safetensors, whether each tensor comes back. Ends with 1 if one does not.
"""
import argparse
import os
import pathlib
import re
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import gguf
import numpy as np
import torch
from safetensors.numpy import load_file
from transformers import AutoConfig, AutoModelForCausalLM

LLAMA_LIKE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head", "attn_norm": "input_layernorm",
              "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
              "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm", "attn_qkv": "self_attn.qkv_proj",
              "ffn_norm": "post_attention_layernorm", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}
GEMMA_LIKE = LLAMA_LIKE | {"post_attention_norm": "post_attention_layernorm", "ffn_norm": "pre_feedforward_layernorm",
                           "post_ffw_norm": "post_feedforward_layernorm"}
NAMES = {"llama": LLAMA_LIKE, "qwen2": LLAMA_LIKE, "qwen3": LLAMA_LIKE, "phi3": LLAMA_LIKE | {"ffn_up": "mlp.gate_up_proj"},
         "gemma2": GEMMA_LIKE, "gemma3": GEMMA_LIKE,
         "gpt2": {"token_embd": "transformer.wte", "position_embd": "transformer.wpe", "output_norm": "transformer.ln_f",
                  "attn_norm": "ln_1", "ffn_norm": "ln_2", "attn_qkv": "attn.c_attn", "attn_output": "attn.c_proj",
                  "ffn_up": "mlp.c_fc", "ffn_down": "mlp.c_proj"},
         "gptneox": {"token_embd": "gpt_neox.embed_in", "output": "embed_out", "output_norm": "gpt_neox.final_layer_norm",
                     "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_qkv": "attention.query_key_value",
                     "attn_output": "attention.dense", "ffn_up": "mlp.dense_h_to_4h", "ffn_down": "mlp.dense_4h_to_h"}}
BLOCKS = {"gpt2": "transformer.h", "gptneox": "gpt_neox.layers"}
KINDS = {"gemma3": "gemma3_text", "gptneox": "gpt_neox"}


class File:
    def __init__(self, path):
        reader = gguf.GGUFReader(path)
        self.keys = {k: f.contents() for k, f in reader.fields.items()}
        self.arch = self.keys["general.architecture"]
        self.tensors = {t.name: gguf.quants.dequantize(t.data, t.tensor_type).astype(np.float32) for t in reader.tensors}

    def get(self, key, default=None):
        value = self.keys.get(f"{self.arch}.{key}", default)
        return round(value, 8) if isinstance(value, float) else value


def straight(f, name, x):
    """A tensor of the file as transformers holds it."""
    part = name.split(".")[-2]
    heads, kv = f.get("attention.head_count"), f.get("attention.head_count_kv")
    if f.arch == "llama" and part in ("attn_q", "attn_k"):
        n = heads if part == "attn_q" else kv
        size = len(x) // n
        order = [h * size + (2 * i if i < size // 2 else 2 * (i - size // 2) + 1) for h in range(n) for i in range(size)]
        return x[order]
    if f.arch.startswith("gemma") and part.endswith("norm"):
        return x - np.float32(1)
    if f.arch == "gpt2" and part in ("attn_qkv", "attn_output", "ffn_up", "ffn_down") and x.ndim == 2:
        return x.T
    if f.arch == "gptneox" and part == "attn_qkv":
        size = len(x) // (3 * heads)
        return x[[which * heads * size + h * size + i for h in range(heads) for which in range(3) for i in range(size)]]
    return x


def weights(f):
    out = {}
    for name, x in f.tensors.items():
        if name.startswith("rope_"):
            continue
        block = re.match(r"blk\.(\d+)\.", name)
        part, kind = name.rsplit(".", 2)[-2:]
        prefix = f"{BLOCKS.get(f.arch, 'model.layers')}.{block[1]}." if block else ""
        out[f"{prefix}{NAMES[f.arch][part]}.{kind}"] = straight(f, name, x)
    return out


def rotary(f):
    kind, factor = f.get("rope.scaling.type", "linear"), f.get("rope.scaling.factor", 0)
    rope = {"rope_type": "default", "rope_theta": f.get("rope.freq_base", 10000.0)}
    if factor:
        rope |= {"rope_type": kind, "factor": factor}
    if kind == "yarn":
        rope["original_max_position_embeddings"] = f.get("rope.scaling.original_context_length")
        for key, name in [("attn_factor", "attention_factor"), ("beta_fast", "beta_fast"), ("beta_slow", "beta_slow")]:
            if f.get("rope.scaling.yarn_" + key) is not None:
                rope[name] = f.get("rope.scaling.yarn_" + key)
    if "rope_factors_long.weight" in f.tensors:
        rope |= {"rope_type": "longrope", "long_factor": f.tensors["rope_factors_long.weight"].tolist(),
                 "short_factor": f.tensors["rope_factors_short.weight"].tolist(), "attention_factor": f.get("rope.scaling.attn_factor"),
                 "original_max_position_embeddings": f.get("rope.scaling.original_context_length")}
    return rope


def config(f):
    heads, width, layers = f.get("attention.head_count"), f.get("embedding_length"), f.get("block_count")
    size = f.get("attention.key_length", width // heads)
    vocab, tied = len(f.tensors["token_embd.weight"]), "output.weight" not in f.tensors
    rope = rotary(f)
    if f.arch == "gpt2":
        return dict(vocab_size=vocab, n_embd=width, n_layer=layers, n_head=heads, n_positions=f.get("context_length"),
                    n_inner=f.get("feed_forward_length"), layer_norm_epsilon=f.get("attention.layer_norm_epsilon"))
    c = dict(vocab_size=vocab, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, tie_word_embeddings=tied,
             intermediate_size=f.get("feed_forward_length"), max_position_embeddings=f.get("context_length"), pad_token_id=0)
    part = f.get("rope.dimension_count", size) / size
    if f.arch == "gptneox":
        return c | dict(use_parallel_residual=f.get("use_parallel_residual"), layer_norm_eps=f.get("attention.layer_norm_epsilon"),
                        rope_parameters=rope | {"partial_rotary_factor": part})
    c |= dict(num_key_value_heads=f.get("attention.head_count_kv", heads), rms_norm_eps=f.get("attention.layer_norm_rms_epsilon"))
    if f.arch == "phi3":
        return c | dict(sliding_window=f.get("attention.sliding_window") or None, rope_parameters=rope | {"partial_rotary_factor": part},
                        original_max_position_embeddings=f.get("rope.scaling.original_context_length"))
    c |= dict(head_dim=size, rope_parameters=rope)
    if f.arch == "llama":
        return c | dict(attention_bias="blk.0.attn_q.bias" in f.tensors, mlp_bias="blk.0.ffn_up.bias" in f.tensors)
    if f.arch.startswith("gemma"):
        largest, period = {"gemma2": (46, 2), "gemma3": (62, 6)}[f.arch]
        c |= dict(query_pre_attn_scalar=width // heads if layers == largest else size, sliding_window=f.get("attention.sliding_window"),
                  attn_logit_softcapping=f.get("attn_logit_softcapping"), final_logit_softcapping=f.get("final_logit_softcapping"),
                  layer_types=["full_attention" if i % period == period - 1 else "sliding_attention" for i in range(layers)])
    if f.arch == "gemma3":
        c["rope_parameters"] = dict(full_attention=rope, sliding_attention=dict(
            rope_type="default", rope_theta=f.get("rope.freq_base_swa", 10000.0)))
    return c


def model_of(f):
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(KINDS.get(f.arch, f.arch), **config(f)), attn_implementation="eager")
    mine = {n: torch.from_numpy(np.ascontiguousarray(x)) for n, x in weights(f).items()}
    if f.arch == "gptneox":             # what files call embed_out, transformers 5 calls lm_head in memory
        mine["lm_head.weight"] = mine.pop("embed_out.weight")
    result = model.load_state_dict(mine, strict=False)
    missing = [n for n in result.missing_keys if n != "lm_head.weight" or "output.weight" in f.tensors]
    if missing or result.unexpected_keys:
        sys.exit(f"the file lacks {missing} and has {result.unexpected_keys} beyond what its keys describe")
    model.tie_weights()
    if "rope_freqs.weight" in f.tensors:
        model.model.rotary_emb.inv_freq.div_(torch.from_numpy(f.tensors["rope_freqs.weight"]))
    return model.float().eval()


def difference(f, golden):
    """The largest |a-b| / |b| of the logits at a position."""
    model, worst = model_of(f), 0.0
    for prompt in ["", "long."]:
        if prompt + "input_ids" in golden:
            with torch.no_grad():
                got = model(input_ids=torch.from_numpy(golden[prompt + "input_ids"])).logits.numpy()
            want = golden[prompt + "logits"]
            worst = max(worst, (np.linalg.norm(got - want, axis=-1) / np.linalg.norm(want, axis=-1)).max())
    return worst


def unlike(f, want):
    """Names of tensors that do not come back."""
    have, slack = weights(f), 2e-7 if f.arch.startswith("gemma") else 0          # +1 and -1 round
    return sorted(set(want) ^ set(have)) + [n for n in want if n in have and np.abs(want[n] - have[n]).max() > slack]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compares what transformers computes from GGUF files to goldens, and their weights.")
    parser.add_argument("converted", type=pathlib.Path, help="folder of folders that hold model.gguf")
    parser.add_argument("golden", type=pathlib.Path, help="folder of folders for those that have no golden.safetensors of their own")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="largest |a-b| / |b| at a position (default 1e-4)")
    arguments, failed = parser.parse_args(), False
    for folder in sorted(p.parent for p in arguments.converted.glob("*/model.gguf")):
        source = folder if (folder / "golden.safetensors").exists() else arguments.golden / folder.name
        file, bad, said = File(folder / "model.gguf"), [], "quantised"
        worst = difference(file, load_file(source / "golden.safetensors"))
        if (source / "model.safetensors").exists():
            bad = unlike(file, load_file(source / "model.safetensors"))
            said = f"weights differ: {bad}" if bad else "weights equal"
        print(f"{folder.name}: {file.arch}, {len(file.tensors)} tensors, {said}, logits differ by {worst:.1e}")
        failed |= bool(bad) or worst > arguments.tolerance
    sys.exit(1 if failed else 0)
