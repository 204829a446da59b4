"""SAELens' ActivationsStore as a rival of `cutaway bench --dictionaries`: shuffled activations of some layers from one pass each.

The store is made by from_config_multi_hook over contexts of token ids, and read through get_multi_hook_data_loader, with its mixing
buffer of 8,192 tokens. Its model is of one of the three classes that a SAELens user has: HookedTransformer, TransformerBridge, or Hugging
Face's own under SAELens' HookedProxyLM, which stop after the last layer that is wanted. Which one, and with how many contexts in a pass,
is tried before the clock starts: the fastest is measured.
"""

import math
import time

PROMPTS = (8, 32)  # contexts in a pass; 32 is the store's own


def hooked_transformer(folder, layers):
    from sae_lens.load_model import load_model
    from transformer_lens import loading_from_pretrained
    loading_from_pretrained.get_official_model_name = lambda name: name  # its list has no folders, which the rest takes
    return load_model("HookedTransformer", folder, "cpu"), [f"blocks.{layer}.hook_resid_post" for layer in layers]


def transformer_bridge(folder, layers):
    import torch
    from transformer_lens.model_bridge import TransformerBridge
    model = TransformerBridge.boot_transformers(folder, device="cpu", dtype=torch.float32)
    return model, [f"blocks.{layer}.hook_out" for layer in layers]


def hugging_face(folder, layers):
    import torch
    from sae_lens.load_model import load_model
    names = [f"model.layers.{layer}" for layer in layers]
    return load_model("AutoModelForCausalLM", folder, "cpu", {"dtype": torch.float32}, names), names


FORMS = {"HookedTransformer": hooked_transformer, "TransformerBridge": transformer_bridge, "AutoModelForCausalLM": hugging_face}


def store_of(model, hooks, contexts, prompts, batch):
    """contexts: [n, pos] token ids"""
    import datasets
    from sae_lens.training.activations_store import ActivationsStore
    return ActivationsStore.from_config_multi_hook(
        model, dataset=datasets.Dataset.from_dict({"input_ids": contexts.tolist()}), hook_names=hooks,
        hook_d_ins={hook: model.cfg.d_model if hasattr(model, "cfg") else model.model.config.hidden_size for hook in hooks},
        context_size=contexts.shape[1], n_batches_in_buffer=2 * batch // contexts.shape[1], total_training_tokens=contexts.numel(),
        store_batch_size_prompts=prompts, train_batch_size_tokens=batch, prepend_bos=False)


def fastest(folder, contexts, settings):
    """The form and the contexts in a pass that take the least time a context."""
    best = math.inf, None, None
    for form, opened in FORMS.items():
        model, hooks = opened(folder, settings["layers"])
        for prompts in (PROMPTS[0], *PROMPTS):  # the first warms up
            store = store_of(model, hooks, contexts, prompts, settings["batch"])
            tokens = store.get_batch_tokens()
            begin = time.perf_counter()
            store.get_multi_hook_activations(tokens)
            best = min(best, ((time.perf_counter() - begin) / prompts, form, prompts))
    return best[1:]


def harvest(folder, model_folder, form, settings):
    """Returns the fields that are printed, but for versions.

    folder: holds contexts.safetensors {"contexts": [n, pos] int64}; the rows to compare are written there, [n, site * d]
    form: "fastest", or the form and the contexts in a pass that an earlier call has found
    """
    import torch
    from safetensors.torch import load_file, save_file
    contexts = load_file(folder / "contexts.safetensors")["contexts"]
    form, prompts = fastest(model_folder, contexts, settings) if form == "fastest" else form.rsplit(",", 1)
    model, hooks = FORMS[form](model_folder, settings["layers"])
    loader = store_of(model, hooks, contexts, int(prompts), settings["batch"]).get_multi_hook_data_loader()
    next(loader)  # fills the buffer: from here on each batch takes as many tokens through the model as it has
    batches = []
    begin = time.perf_counter()
    while len(batches) * settings["batch"] < settings["tokens"]:
        batches.append(next(loader))
    seconds = time.perf_counter() - begin
    rows = torch.cat([torch.cat([batch[hook] for hook in hooks], dim=1) for batch in batches])
    save_file({"vectors": rows[:: settings["tokens"] // settings["compared"]].clone()}, folder / settings["rows"])
    return {"form": f"{form},{prompts}", "tokens": rows.shape[0], "seconds": seconds}
