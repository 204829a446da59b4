"""TransformerLens as a rival of `cutaway bench --peers`: its TransformerBridge, the only model class that TransformerLens 4 has.

The bridge is opened from a local folder with the raw weights, as its quick start opens a model: no compatibility mode, which would fold
norms and centre weights and so change the values of sites. Its attention is eager, since scores and patterns have hooks.
A batch starts at the first layer whatever it edits: run_with_hooks(start_at_layer=k) runs the layers below k too and throws them away.
A hook is told the canonical name of its site (blocks.0.hook_in), which a cache filtered by the usual name (blocks.0.hook_resid_pre)
does not have, so hooks here are given their names.
"""

import importlib.metadata
from functools import partial

from peers_protocol import Answer, Question, answer, batches, edits, evenly, put, serve


class TransformerLens:
    name, version = "transformer_lens", importlib.metadata.version("transformer-lens")

    def __init__(self, folder):
        import torch
        from transformer_lens.model_bridge import TransformerBridge
        torch.set_grad_enabled(False)
        self.model = TransformerBridge.boot_transformers(folder, device="cpu", dtype=torch.float32)
        self.module = self.model.original_model
        self.layers, self.heads = self.model.cfg.n_layers, self.model.cfg.n_heads
        self.tasks = {"resid_pre": self.resid_pre, "head_all": self.head_all, "head_pos": self.head_pos, "path_q": self.path_q,
                      "attribution": self.attribution, "dla": self.dla}

    def forward(self, ids):
        self.model(tokens(ids))

    def resid_pre(self, question: Question) -> Answer:
        """values: [layer, pos]"""
        from transformer_lens import patching
        return self.patched(question, patching.get_act_patch_resid_pre, "get_act_patch_resid_pre", "hook_resid_pre", "layer pos")

    def head_all(self, question: Question) -> Answer:
        """values: [layer, head]"""
        from transformer_lens import patching
        return self.patched(question, patching.get_act_patch_attn_head_out_all_pos, "get_act_patch_attn_head_out_all_pos", "attn.hook_z",
                            "layer head")

    def head_pos(self, question: Question) -> Answer:
        """values: [layer, pos, head], as TransformerLens gives them"""
        from transformer_lens import patching
        return self.patched(question, patching.get_act_patch_attn_head_out_by_pos, "get_act_patch_attn_head_out_by_pos", "attn.hook_z",
                            "layer pos head")

    def patched(self, question, function, name, site, axes):
        size = {"layer": self.layers, "pos": len(question.prompt), "head": self.heads}
        shape = tuple(size[axis] for axis in axes.split())
        if question.expert:
            return self.patched_in_batches(question, site, axes, shape)
        contrast = tokens(question.contrast)
        _, cache = self.model.run_with_cache(tokens(question.prompt))
        if question.sample is None:
            grid = function(self.model, contrast, cache, question.metric)
            found = {edit: grid[edit].item() for edit in edits(shape)}
            return answer(shape, found, f"run_with_cache and patching.{name}")
        import pandas
        chosen = evenly(edits(shape), question.sample)
        index = pandas.DataFrame(chosen, columns=["head_index" if axis == "head" else axis for axis in axes.split()])
        flat = function(self.model, contrast, cache, question.metric, index_axis_names=None, index_df=index)
        return answer(shape, dict(zip(chosen, flat.tolist())), f"run_with_cache and patching.{name} with index_df")

    def patched_in_batches(self, question, site, axes, shape):
        """One run_with_hooks for the edits of a layer, an edit a row; only the last position is unembedded."""
        contrast, found = tokens(question.contrast), {}
        _, cache = self.model.run_with_cache(tokens(question.prompt), names_filter=lambda name: name.endswith(site))

        def patch(values, hook, clean, batch):
            put(values, clean[0], batch, axes)
            return values

        for batch in batches(shape, question.sample):
            name = f"blocks.{batch[0][0]}.{site}"
            logits = self.model.run_with_hooks(contrast.expand(len(batch), -1), logits_to_keep=1,
                                               fwd_hooks=[(name, partial(patch, clean=cache[name], batch=batch))])
            found.update(zip(batch, question.margin(logits).tolist()))
        return answer(shape, found, "run_with_cache with names_filter, then run_with_hooks for all edits of a layer as rows of a batch")

    def path_q(self, question: Question) -> Answer:
        """Path patching (arXiv:2211.00593, section 3.1) from each earlier head into the query of one head, everything between frozen.

        First run, on the contrast: every head's z and every MLP's output below the receiver's layer are set to what they are in the
        contrast run, but for the sender's z, at all positions, which is the prompt's. So the sender reaches the receiver by the residual
        stream alone; the norm before the receiver's attention is computed anew. The receiver's q, before rotary, is recorded.
        Second run, on the contrast: the receiver's q is replaced, everything above runs. values: [layer < receiver's, head]
        Written as in ARENA's exercises, whose first run goes to its end too; there the MLPs run free, here they are frozen.
        """
        shape = (question.layer, self.heads)
        if question.expert:
            return self.path_q_in_batches(question, shape)
        contrast, found = tokens(question.contrast), {}
        site = f"blocks.{question.layer}.attn.hook_q"
        zs = [f"blocks.{layer}.attn.hook_z" for layer in range(question.layer)]
        mlps = [f"blocks.{layer}.hook_mlp_out" for layer in range(question.layer)]
        _, clean = self.model.run_with_cache(tokens(question.prompt), names_filter=zs)
        _, corrupted = self.model.run_with_cache(contrast, names_filter=zs + mlps)

        def freeze(values, hook, name):
            values[...] = corrupted[name]
            return values

        def patch_or_freeze(values, hook, layer, sender):
            values[...] = corrupted[zs[layer]]
            if layer == sender[0]:
                values[:, :, sender[1]] = clean[zs[layer]][:, :, sender[1]]
            return values

        def replace(values, hook, cache):
            values[:, :, question.head] = cache[site][:, :, question.head]
            return values

        freezing = [(name, partial(freeze, name=name)) for name in mlps]
        for sender in evenly(edits(shape), question.sample):
            patching = [(name, partial(patch_or_freeze, layer=layer, sender=sender)) for layer, name in enumerate(zs)]
            with self.model.hooks(fwd_hooks=freezing + patching):
                _, cache = self.model.run_with_cache(contrast, names_filter=site)
            logits = self.model.run_with_hooks(contrast, fwd_hooks=[(site, partial(replace, cache=cache))])
            found[sender] = question.metric(logits).item()
        return answer(shape, found, "for each sender run_with_cache under hooks on z and mlp_out, then run_with_hooks on the receiver's q")

    def path_q_in_batches(self, question, shape):
        """Where everything is frozen, the receiver reads resid_pre + (z of the prompt - z of the contrast) W_O: no first run is needed."""
        contrast, found = tokens(question.contrast), {}
        receiver, site = self.model.blocks[question.layer], f"blocks.{question.layer}.attn.hook_q"
        resid = f"blocks.{question.layer}.hook_resid_pre"
        zs = [f"blocks.{layer}.attn.hook_z" for layer in range(question.layer)]
        _, clean = self.model.run_with_cache(tokens(question.prompt), names_filter=zs)
        _, corrupted = self.model.run_with_cache(contrast, names_filter=[*zs, resid])

        def replace(values, hook, q):
            values[:, :, question.head] = q[:, :, question.head]
            return values

        for batch in batches(shape, question.sample):
            layer, heads = batch[0][0], [head for _, head in batch]
            change = (clean[zs[layer]] - corrupted[zs[layer]])[0, :, heads].transpose(0, 1)  # [head, pos, dHead]
            written = change @ self.model.blocks[layer].attn.W_O[heads]  # [head, pos, dModel]
            q = receiver.attn.q(receiver.ln1(corrupted[resid] + written)).unflatten(-1, (self.heads, -1))  # [row, pos, head, dHead]
            logits = self.model.run_with_hooks(contrast.expand(len(batch), -1), logits_to_keep=1,
                                               fwd_hooks=[(site, partial(replace, q=q))])
            found.update(zip(batch, question.margin(logits).tolist()))
        return answer(shape, found, "q of resid_pre + the sender's change by the bridge's own modules, then run_with_hooks for a "
                                    "layer's senders as rows of a batch")

    def attribution(self, question: Question) -> Answer:
        """(prompt's value - contrast's value) . gradient of the metric on the contrast, summed over positions.

        values: {"heads": [layer, head] of z, "mlps": [layer] of mlp_out}
        """
        import torch
        from transformer_lens.tools.analysis.attribution_patching import attribution_patch, cache_activation_and_gradient
        prompt, contrast = tokens(question.prompt), tokens(question.contrast)
        heads, mlps = torch.zeros(self.layers, self.heads), torch.zeros(self.layers)
        if question.expert:
            clean = cache_activation_and_gradient(self.model, prompt, question.metric, compute_gradient=False)
            with torch.enable_grad():
                corrupted = cache_activation_and_gradient(self.model, contrast, question.metric)

            def effect(name):
                return (clean.activations[name] - corrupted.activations[name]) * corrupted.gradients[name]

            for layer in range(self.layers):
                heads[layer] = effect(f"blocks.{layer}.attn.hook_z").sum((0, 1, 3))
                mlps[layer] = effect(f"blocks.{layer}.hook_mlp_out").sum()
            how = "cache_activation_and_gradient of tools.analysis twice, and a product of tensors"
        else:
            with torch.enable_grad():
                scores = attribution_patch(self.model, prompt, contrast, question.metric).node_scores
            for node, score in scores.items():
                if node.kind == "attn_head_out":
                    heads[node.layer, node.head] += score
                elif node.kind == "mlp_out":
                    mlps[node.layer] += score
            how = "tools.analysis.attribution_patch, whose scores by position are summed"
        total = heads.numel() + mlps.numel()
        return Answer({"heads": heads.tolist(), "mlps": mlps.tolist()}, total, total, how)

    def dla(self, question: Question) -> Answer:
        """Direct logit attribution at the prompt's last position, through the final norm at its frozen scale, onto
        unembed(answer) - unembed(against). values: {"heads": [layer, head], "neurons": [layer, neuron]}, nats
        """
        w_u = self.model.W_U  # [dModel, vocab]
        direction = self.model.ln_final.weight * (w_u[:, question.answer] - w_u[:, question.against])  # the norm's weight is not folded
        prompt = tokens(question.prompt)
        if question.expert:
            read = ("attn.hook_z", "mlp.hook_post", "ln_final.hook_scale")
            _, cache = self.model.run_with_cache(prompt, names_filter=lambda name: name.endswith(read), logits_to_keep=1)
            neurons = cache.stack_neuron_results(-1, pos_slice=-1, apply_ln=True, project_output_onto=direction)
            how = "cache.stack_head_results with apply_ln, cache.stack_neuron_results with apply_ln and project_output_onto"
        else:
            _, cache = self.model.run_with_cache(prompt)
            neurons = cache.stack_neuron_results(-1, pos_slice=-1, apply_ln=True) @ direction
            how = "cache.stack_head_results and cache.stack_neuron_results, both with apply_ln (apply_ln_to_stack)"
        heads = cache.stack_head_results(-1, pos_slice=-1, apply_ln=True) @ direction
        values = {"heads": heads.reshape(self.layers, -1).tolist(), "neurons": neurons.reshape(self.layers, -1).tolist()}
        total = heads.numel() + neurons.numel()
        return Answer(values, total, total, how)


def tokens(ids):
    import torch
    return torch.tensor([ids])  # [1, pos]


if __name__ == "__main__":
    serve(TransformerLens)
