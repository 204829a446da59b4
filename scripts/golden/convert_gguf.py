"""Writes a Hugging Face folder as a GGUF v3 file laid out as llama.cpp's converter lays it out.

    pip install gguf==0.19.0 safetensors numpy
    python convert_gguf.py FOLDER OUT.gguf [--type f32|q8_0|q4_0]

FOLDER holds config.json and model.safetensors (float32, no shards). Written after reading llama.cpp's conversion package
(convert_hf_to_gguf.py; which versions: model/src/test/resources/converted/README.md), so that Cutaway's readers are tested on files that
its own writer had no part in. Same keys, names, order of rows and transposes; two departures, both where the original could not convert a
folder of this size or spelling faithfully: llama3 scaling takes original_max_position_embeddings from rope_parameters (there: 8192 unless
it stands at the top level), and settings that transformers 5 moved or dropped (rotary_pct, n_ctx, phi3's original length) are taken from
where they are now. No tokenizer keys: these folders have no tokenizer.
"""
import argparse
import json
import math
import pathlib
import sys

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type, MODEL_ARCH as Arch, quants
from safetensors.numpy import load_file

ARCHITECTURES = {"llama": Arch.LLAMA, "qwen2": Arch.QWEN2, "qwen3": Arch.QWEN3, "gemma": Arch.GEMMA, "gemma2": Arch.GEMMA2,
                 "gemma3_text": Arch.GEMMA3, "phi3": Arch.PHI3, "gpt2": Arch.GPT2, "gpt_neox": Arch.GPTNEOX}
FILE_TYPES = {"f32": gguf.LlamaFileType.ALL_F32, "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0, "q4_0": gguf.LlamaFileType.MOSTLY_Q4_0,
              "q4_k": gguf.LlamaFileType.MOSTLY_Q4_K_M}


def rope(config):
    """The rotary settings of the layers that attend to everything, and those of the sliding ones (empty where they are the same)."""
    parameters = dict(config.get("rope_parameters") or {})
    if "full_attention" in parameters:
        return parameters["full_attention"], parameters["sliding_attention"]
    return parameters, {}


def head_size(config):
    return config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]


def add_common(w, config):
    """What the converter writes for every architecture that does not say otherwise."""
    full, sliding = rope(config)
    w.add_block_count(config["num_hidden_layers"])
    w.add_context_length(config["max_position_embeddings"])
    w.add_embedding_length(config["hidden_size"])
    w.add_feed_forward_length(config["intermediate_size"])
    w.add_head_count(config["num_attention_heads"])
    w.add_head_count_kv(config["num_key_value_heads"])
    kind = full.get("rope_type", "default")
    if kind in ("linear", "yarn"):
        w.add_rope_scaling_type(gguf.RopeScalingType(kind))
        w.add_rope_scaling_factor(full["factor"])
    elif kind not in ("default", "llama3"):
        sys.exit(f"rope_type {kind} cannot be said in a {config['model_type']} file; use default, linear, llama3 or yarn")
    if kind == "yarn":
        w.add_rope_scaling_orig_ctx_len(full["original_max_position_embeddings"])
        for key, add in [("attention_factor", w.add_rope_scaling_yarn_attn_factor), ("beta_fast", w.add_rope_scaling_yarn_beta_fast),
                         ("beta_slow", w.add_rope_scaling_yarn_beta_slow)]:
            if full.get(key) is not None:
                add(full[key])
    w.add_rope_freq_base(full["rope_theta"])
    if sliding:
        w.add_rope_freq_base_swa(sliding["rope_theta"])
    w.add_layer_norm_rms_eps(config["rms_norm_eps"])
    if config.get("head_dim"):
        w.add_key_length(config["head_dim"])
        w.add_value_length(config["head_dim"])


def add_llama(w, config):
    add_common(w, config)
    w.add_vocab_size(config["vocab_size"])
    w.add_rope_dimension_count(head_size(config))


def add_gemma(w, config):
    w.add_context_length(config["max_position_embeddings"])
    w.add_embedding_length(config["hidden_size"])
    w.add_block_count(config["num_hidden_layers"])
    w.add_feed_forward_length(config["intermediate_size"])
    w.add_head_count(config["num_attention_heads"])
    w.add_head_count_kv(config["num_key_value_heads"])
    w.add_layer_norm_rms_eps(config["rms_norm_eps"])
    w.add_key_length(config["head_dim"])
    w.add_value_length(config["head_dim"])


def add_gemma2(w, config):
    add_gemma(w, config)
    w.add_attn_logit_softcapping(config["attn_logit_softcapping"])
    w.add_final_logit_softcapping(config["final_logit_softcapping"])
    w.add_sliding_window(config["sliding_window"])


def add_gemma3(w, config):
    add_common(w, config)
    if config.get("final_logit_softcapping"):
        w.add_final_logit_softcapping(config["final_logit_softcapping"])
    w.add_sliding_window(config["sliding_window"])


def add_phi3(w, config):
    full, _ = rope(config)
    original = full.get("original_max_position_embeddings") or config["original_max_position_embeddings"]
    w.add_context_length(config["max_position_embeddings"])
    w.add_rope_scaling_orig_ctx_len(original)
    w.add_embedding_length(config["hidden_size"])
    w.add_feed_forward_length(config["intermediate_size"])
    w.add_block_count(config["num_hidden_layers"])
    w.add_head_count(config["num_attention_heads"])
    w.add_head_count_kv(config["num_key_value_heads"])
    w.add_layer_norm_rms_eps(config["rms_norm_eps"])
    w.add_rope_dimension_count(int(full.get("partial_rotary_factor", 1.0) * config["hidden_size"]) // config["num_attention_heads"])
    w.add_rope_freq_base(full["rope_theta"])
    w.add_sliding_window(config["sliding_window"] or 0)
    if full.get("long_factor"):
        scale = config["max_position_embeddings"] / original
        w.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(scale) / math.log(original)) if scale > 1 else 1.0)


def add_gpt2(w, config):
    w.add_block_count(config["n_layer"])
    w.add_context_length(config["n_positions"])
    w.add_embedding_length(config["n_embd"])
    w.add_feed_forward_length(4 * config["n_embd"])
    w.add_head_count(config["n_head"])
    w.add_layer_norm_eps(config["layer_norm_epsilon"])


def add_gptneox(w, config):
    w.add_context_length(config["max_position_embeddings"])
    w.add_embedding_length(config["hidden_size"])
    w.add_block_count(config["num_hidden_layers"])
    w.add_feed_forward_length(config["intermediate_size"])
    w.add_rope_dimension_count(int(rope(config)[0]["partial_rotary_factor"] * head_size(config)))
    w.add_head_count(config["num_attention_heads"])
    w.add_parallel_residual(config["use_parallel_residual"])
    w.add_layer_norm_eps(config["layer_norm_eps"])


ADD = {Arch.LLAMA: add_llama, Arch.QWEN2: add_common, Arch.QWEN3: add_common, Arch.GEMMA: add_gemma, Arch.GEMMA2: add_gemma2,
       Arch.GEMMA3: add_gemma3, Arch.PHI3: add_phi3, Arch.GPT2: add_gpt2, Arch.GPTNEOX: add_gptneox}


def interleaved(rows, heads):
    """Rows of one head from first half, second half to pairs (i, i + half)."""
    return rows.reshape(heads, 2, -1, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def laid_out(arch, config, name, x):
    """A weight as the file holds it; `x` is an array of its rows, floats or blocks of bytes."""
    weight_or_bias = name.rsplit(".", 2)[-2]
    if arch == Arch.LLAMA and weight_or_bias == "q_proj":
        return interleaved(x, config["num_attention_heads"])
    if arch == Arch.LLAMA and weight_or_bias == "k_proj":
        return interleaved(x, config["num_key_value_heads"])
    if arch in (Arch.GEMMA, Arch.GEMMA2, Arch.GEMMA3) and name.endswith("norm.weight"):
        return x + np.float32(1)
    if arch == Arch.GPT2 and weight_or_bias in ("c_attn", "c_proj", "c_fc") and x.ndim == 2:
        return x.T
    if arch == Arch.GPTNEOX and weight_or_bias == "query_key_value":
        heads = config["num_attention_heads"]
        return x.reshape(heads, 3, -1, *x.shape[1:]).swapaxes(0, 1).reshape(x.shape)
    return x


def rotary_tensors(arch, config):
    """What divides the rotary frequencies, by name: llama3's scaling, and longrope's two sets."""
    full, _ = rope(config)
    if arch == Arch.LLAMA and full.get("rope_type") == "llama3":
        n = head_size(config)
        turn = 2 * np.pi * np.float64(full["rope_theta"]) ** (np.arange(0, n, 2) / n)      # wavelength in positions
        low, high, factor = full["low_freq_factor"], full["high_freq_factor"], full["factor"]
        original = full["original_max_position_embeddings"]
        smooth = (original / turn - low) / (high - low)
        between = 1 / ((1 - smooth) / factor + smooth)
        yield "rope_freqs.weight", np.where(turn < original / high, 1, np.where(turn > original / low, factor, between))
    if arch == Arch.PHI3 and full.get("long_factor"):
        yield "rope_factors_long.weight", np.array(full["long_factor"])
        yield "rope_factors_short.weight", np.array(full["short_factor"])


def convert(folder, out, kind="f32", blocks=None):
    """Writes the folder to `out`.

    kind: what matrices become, a name of FILE_TYPES; norms, biases, rotary factors and positions stay F32
    blocks: matrices that are already in blocks, by name: (type, rows of bytes); the rest of a q4_k file is F32
    """
    config = json.loads((pathlib.Path(folder) / "config.json").read_text())
    if config["model_type"] not in ARCHITECTURES:
        sys.exit(f"model_type {config['model_type']} is not one of {', '.join(ARCHITECTURES)}")
    arch = ARCHITECTURES[config["model_type"]]
    layers = config.get("num_hidden_layers") or config["n_layer"]
    names = gguf.get_tensor_name_map(arch, layers)
    w = gguf.GGUFWriter(path=None, arch=gguf.MODEL_ARCH_NAMES[arch])
    for name, factors in rotary_tensors(arch, config):
        w.add_tensor(name, factors.astype(np.float32))
    for name, x in load_file(pathlib.Path(folder) / "model.safetensors").items():
        new = names.get_name(name, try_suffixes=(".weight", ".bias"))
        if new is None:
            sys.exit(f"{folder} has a tensor {name}, which {gguf.MODEL_ARCH_NAMES[arch]} files have no name for")
        if name in (blocks or {}):
            block_type, rows = blocks[name]
            w.add_tensor(new, np.ascontiguousarray(laid_out(arch, config, name, rows)), raw_dtype=block_type)
            continue
        x = np.ascontiguousarray(laid_out(arch, config, name, x.astype(np.float32)))
        if kind in ("q8_0", "q4_0") and x.ndim > 1 and new.endswith(".weight") and new != "position_embd.weight":
            w.add_tensor(new, quants.quantize(x, Type[kind.upper()]), raw_dtype=Type[kind.upper()])
        else:
            w.add_tensor(new, x)
    w.add_type(gguf.GGUFType.MODEL)
    w.add_name(pathlib.Path(folder).name)
    w.add_size_label(gguf.size_label(*w.get_total_parameter_count()))
    ADD[arch](w, config)
    if arch != Arch.GPTNEOX:                   # the converter leaves it out for this one
        w.add_file_type(FILE_TYPES[kind])
    w.add_quantization_version(gguf.GGML_QUANT_VERSION)
    w.write_header_to_file(path=pathlib.Path(out))
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Writes a Hugging Face folder as a GGUF file laid out as llama.cpp's converter does.")
    parser.add_argument("folder", help="holds config.json and model.safetensors, such as one that make_golden.py wrote")
    parser.add_argument("out", help="the file to write, such as model.gguf")
    parser.add_argument("--type", default="f32", choices=["f32", "q8_0", "q4_0"],
                        help="what matrices are stored as (default f32); quantised ones need rows of a multiple of 32")
    arguments = parser.parse_args()
    convert(arguments.folder, arguments.out, arguments.type)
