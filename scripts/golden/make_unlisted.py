"""Writes tiny random models of unlisted types, and of Gemma, in Hugging Face format and what transformers computes with them.

    pip install torch==2.10.0 transformers==5.23.0 safetensors numpy
    python make_unlisted.py OUT [--only NAME] [--seed 0]

Each folder: config.json, model.safetensors (float32) and golden.safetensors with
  input_ids [2, 13]              two prompts
  logits [2, 13, vocab]          nats, unnormalised
  hidden.{i} [2, 13, dModel]     transformers' hidden_states (0 = embeddings, last = after the final norm)
  pattern.{i} [2, head, 13, 13]  attention patterns, eager attention
  loss []                        mean next-token cross-entropy, nats
  grad.embed [2, 13, dModel]     its gradient at hidden.0; of granite, before its embedding_multiplier
  padded.input_ids, padded.mask, padded.logits   the first prompt's first 7 tokens, left-padded to 13
"""
import argparse
import json
import os
import pathlib

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

BASE = dict(vocab_size=61, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=48,
            max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0)
SPECS = {
    "stablelm": dict(BASE, rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.25), use_qkv_bias=True),
    "starcoder2": dict(BASE, sliding_window=5),
    "granite": dict(BASE, embedding_multiplier=3.0, residual_multiplier=0.5, logits_scaling=2.0, attention_multiplier=0.2),
    "gemma": dict(BASE, head_dim=16),
    "olmo3": dict(BASE, sliding_window=5, layer_types=["sliding_attention", "full_attention"]),
}
OLD_SPELLING = {    # of rope_parameters, as the hub's files have it
    "olmo3": dict(rope_theta=500000, rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16,
                  attention_factor=1.2, beta_fast=32.0, beta_slow=1.0)),
}


def random_model(kind, seed):
    config = AutoConfig.for_model(kind, **SPECS[kind])
    config._attn_implementation = "eager"
    torch.manual_seed(seed * 1000 + sum(map(ord, kind)))
    model = AutoModelForCausalLM.from_config(config).float().eval()
    with torch.no_grad():                   # default initialisations are too flat to catch a swapped weight
        for name, p in model.named_parameters():
            if p.dim() > 1:
                p.copy_(torch.randn_like(p) * (1.5 / p.shape[-1] ** 0.5))
            elif "norm" in name:
                p.add_(torch.randn_like(p) * 0.2)
            else:
                p.copy_(torch.randn_like(p) * 0.3)
    model.tie_weights()
    return model


def golden(model):
    ids = torch.randint(3, model.config.vocab_size, (2, 13))
    embeds = model.get_input_embeddings()(ids).detach().requires_grad_(True)
    o = model(inputs_embeds=embeds, output_hidden_states=True, output_attentions=True)
    loss = torch.nn.functional.cross_entropy(o.logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
    g = {"input_ids": ids, "logits": o.logits, "loss": loss, "grad.embed": torch.autograd.grad(loss, embeds)[0]}
    g |= {f"hidden.{i}": h for i, h in enumerate(o.hidden_states)}
    g |= {f"pattern.{i}": p for i, p in enumerate(o.attentions)}
    padded = torch.zeros(1, 13, dtype=torch.long)
    padded[0, 6:] = ids[0, :7]
    mask = (torch.arange(13) >= 6).long().unsqueeze(0)
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    g["padded.input_ids"], g["padded.mask"] = padded, mask
    g["padded.logits"] = model(input_ids=padded, attention_mask=mask, position_ids=positions).logits[:, 6:]
    return {name: value.detach().contiguous().clone() for name, value in g.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Writes tiny random models of unlisted types, and of Gemma.")
    parser.add_argument("out", type=pathlib.Path, help="folder that gets a folder for each model")
    parser.add_argument("--seed", type=int, default=0, help="any whole number (default 0)")
    parser.add_argument("--only", choices=SPECS, help="make this one only")
    arguments = parser.parse_args()
    for kind in [arguments.only] if arguments.only else SPECS:
        folder = arguments.out / kind
        folder.mkdir(parents=True, exist_ok=True)
        model = random_model(kind, arguments.seed)
        model.save_pretrained(folder)
        if kind in OLD_SPELLING:
            settings = json.loads((folder / "config.json").read_text()) | OLD_SPELLING[kind]
            del settings["rope_parameters"]
            (folder / "config.json").write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
            model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()
        (folder / "generation_config.json").unlink(missing_ok=True)
        values = golden(model)
        save_file(values, folder / "golden.safetensors")
        print(f"{kind}: loss {values['loss']:.4f}, logit std {values['logits'].std():.3f}")
