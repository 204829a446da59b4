"""nnsight as a rival of `cutaway bench --peers`: TransformersModel and traces, as its documentation writes them.

Sites by their modules: resid_pre is a layer's input, a head's z its slice of o_proj's input, q its slice of q_proj's output (before
rotary), mlp_out the output of mlp, neurons the input of down_proj. Attention is transformers' default, sdpa.
Patterns: activation-patching, attribution-patching and per-head-attention in its docs/patterns. Patching follows the tutorial, which
runs the prompt once; the pattern with two invokes and a barrier would run it again with every edit.
"""

import importlib.metadata

from peers_protocol import Answer, Question, answer, batches, edits, evenly, put, serve


class NNsight:
    name, version = "nnsight", importlib.metadata.version("nnsight")

    def __init__(self, folder):
        import torch
        from nnsight import TransformersModel
        torch.set_grad_enabled(False)
        self.model = TransformersModel(folder, task="text-generation", dispatch=True, dtype=torch.float32)
        self.module = self.model._module
        self.layers = self.model.model.layers
        self.heads = self.module.config.num_attention_heads
        self.head_size = self.module.model.layers[0].self_attn.head_dim
        self.tasks = {"resid_pre": self.resid_pre, "head_all": self.head_all, "head_pos": self.head_pos, "path_q": self.path_q,
                      "attribution": self.attribution, "dla": self.dla}

    def forward(self, ids):
        with self.model.trace(tokens(ids)):
            self.model.lm_head.output.save()

    def slice(self, head):
        """Where a head's values are in o_proj's input and q_proj's output."""
        return slice(head * self.head_size, (head + 1) * self.head_size)

    def by_head(self, values):
        """[..., head * dHead] as [..., head, dHead], the same memory."""
        return values.unflatten(-1, (self.heads, self.head_size))

    def residuals(self, ids):
        """The residual stream before each layer, [layer][1, pos, dModel], as copies: an edit of a run writes into its tensors."""
        import nnsight
        with self.model.trace(tokens(ids)):
            found = nnsight.save([])
            for layer in self.layers:
                found.append(layer.input.clone())
        return found

    def zs(self, ids):
        """Every head's z by layer, [layer][1, pos, head * dHead]."""
        import nnsight
        with self.model.trace(tokens(ids)):
            found = nnsight.save([])
            for layer in self.layers:
                found.append(layer.self_attn.o_proj.input.clone())
        return found

    def resid_pre(self, question: Question) -> Answer:
        """values: [layer, pos]"""
        shape, found = (len(self.layers), len(question.prompt)), {}
        if question.expert:
            return self.patched_in_batches(question, "layer pos", shape)
        clean = self.residuals(question.prompt)
        for layer, pos in evenly(edits(shape), question.sample):
            with self.model.trace(tokens(question.contrast)):
                self.layers[layer].input[:, pos] = clean[layer][:, pos]
                margin = question.metric(self.model.lm_head.output).save()
            found[layer, pos] = margin.item()
        return answer(shape, found, "a trace of the prompt, then a trace for each edit that assigns into the layer's input")

    def head_all(self, question: Question) -> Answer:
        """values: [layer, head]"""
        shape, found = (len(self.layers), self.heads), {}
        if question.expert:
            return self.patched_in_batches(question, "layer head", shape)
        clean = self.zs(question.prompt)
        for layer, head in evenly(edits(shape), question.sample):
            at = self.slice(head)
            with self.model.trace(tokens(question.contrast)):
                self.layers[layer].self_attn.o_proj.input[:, :, at] = clean[layer][:, :, at]
                margin = question.metric(self.model.lm_head.output).save()
            found[layer, head] = margin.item()
        return answer(shape, found, "a trace of the prompt, then a trace for each edit that assigns into o_proj's input")

    def head_pos(self, question: Question) -> Answer:
        """values: [layer, pos, head]"""
        shape, found = (len(self.layers), len(question.prompt), self.heads), {}
        if question.expert:
            return self.patched_in_batches(question, "layer pos head", shape)
        clean = self.zs(question.prompt)
        for layer, pos, head in evenly(edits(shape), question.sample):
            at = self.slice(head)
            with self.model.trace(tokens(question.contrast)):
                self.layers[layer].self_attn.o_proj.input[:, pos, at] = clean[layer][:, pos, at]
                margin = question.metric(self.model.lm_head.output).save()
            found[layer, pos, head] = margin.item()
        return answer(shape, found, "a trace of the prompt, then a trace for each edit that assigns into o_proj's input")

    def patched_in_batches(self, question, axes, shape):
        """One trace for the edits of a layer, an edit a row; layers below are skipped, only the last position is unembedded."""
        found, resid = {}, self.residuals(question.contrast)
        clean = self.zs(question.prompt) if "head" in axes else self.residuals(question.prompt)
        for batch in batches(shape, question.sample):
            layer, rows = batch[0][0], len(batch)
            with self.model.trace(tokens(question.contrast).expand(rows, -1), logits_to_keep=1):
                self.skip_below(layer, resid, rows)
                if "head" in axes:
                    z = self.by_head(self.layers[layer].self_attn.o_proj.input)  # [row, pos, head, dHead]
                    put(z, self.by_head(clean[layer][0]), batch, axes)
                else:
                    before = resid[layer].repeat(rows, 1, 1)
                    put(before, clean[layer][0], batch, axes)
                    self.layers[layer].input = before
                margins = question.margin(self.model.lm_head.output).save()
            found.update(zip(batch, margins.tolist()))
        return answer(shape, found, "a trace of each prompt, then a trace for all edits of a layer as rows of a batch, with the "
                                    "layers below skipped (Envoy.skip)")

    def skip_below(self, layer, resid, rows):
        """Within a trace: gives the residual stream of an earlier run instead of running the layers below."""
        for below in range(layer):
            self.layers[below].skip(resid[below + 1].expand(rows, -1, -1))

    def path_q(self, question: Question) -> Answer:
        """Path patching (arXiv:2211.00593, section 3.1) from each earlier head into the query of one head, everything between frozen.

        First run, on the contrast: every head's z and every MLP's output below the receiver's layer are set to what they are in the
        contrast run, but for the sender's z, at all positions, which is the prompt's. So the sender reaches the receiver by the residual
        stream alone; the norm before the receiver's attention is computed anew. The receiver's q, before rotary, is recorded and the run
        ends. Second run, on the contrast: the receiver's q is replaced, everything above runs. values: [layer < receiver's, head]
        """
        import nnsight
        shape, found = (question.layer, self.heads), {}
        if question.expert:
            return self.path_q_in_batches(question, shape)
        receiver, at = self.layers[question.layer].self_attn.q_proj, self.slice(question.head)
        clean = self.zs(question.prompt)
        with self.model.trace(tokens(question.contrast)):
            corrupted, mlps = nnsight.save([]), nnsight.save([])
            for layer in self.layers:
                corrupted.append(layer.self_attn.o_proj.input.clone())
                mlps.append(layer.mlp.output.clone())
        for sender in evenly(edits(shape), question.sample):
            sent = self.slice(sender[1])
            with self.model.trace(tokens(question.contrast)) as tracer:
                for layer in range(question.layer):
                    z = corrupted[layer].clone()
                    if layer == sender[0]:
                        z[:, :, sent] = clean[layer][:, :, sent]
                    self.layers[layer].self_attn.o_proj.input = z
                    self.layers[layer].mlp.output = mlps[layer]
                q = receiver.output[:, :, at].save()
                tracer.stop()
            with self.model.trace(tokens(question.contrast)):
                receiver.output[:, :, at] = q
                margin = question.metric(self.model.lm_head.output).save()
            found[sender] = margin.item()
        return answer(shape, found, "for each sender a trace that assigns every z and MLP output below the receiver and stops at its "
                                    "q, then a trace that assigns the q")

    def path_q_in_batches(self, question, shape):
        """Where everything is frozen, the receiver reads resid_pre + (z of the prompt - z of the contrast) W_O: no first run is needed."""
        found, at = {}, self.slice(question.head)
        receiver = self.module.model.layers[question.layer]
        clean, corrupted, resid = self.zs(question.prompt), self.zs(question.contrast), self.residuals(question.contrast)
        for batch in batches(shape, question.sample):
            layer, rows = batch[0][0], len(batch)
            change = clean[layer] - corrupted[layer]
            alone = change.new_zeros(rows, *change.shape[1:])  # [row, pos, head * dHead]: of each row one head's change
            for row, (_, head) in enumerate(batch):
                alone[row, :, self.slice(head)] = change[0, :, self.slice(head)]
            written = self.module.model.layers[layer].self_attn.o_proj(alone)  # [row, pos, dModel]
            q = receiver.self_attn.q_proj(receiver.input_layernorm(resid[question.layer] + written))[:, :, at]
            with self.model.trace(tokens(question.contrast).expand(rows, -1), logits_to_keep=1):
                self.skip_below(question.layer, resid, rows)
                self.layers[question.layer].self_attn.q_proj.output[:, :, at] = q
                margins = question.margin(self.model.lm_head.output).save()
            found.update(zip(batch, margins.tolist()))
        return answer(shape, found, "q of resid_pre + the sender's change by the model's own modules, then a trace for a layer's senders "
                                    "as rows of a batch, with the layers below the receiver skipped (Envoy.skip)")

    def attribution(self, question: Question) -> Answer:
        """(prompt's value - contrast's value) . gradient of the metric on the contrast, summed over positions.

        The documented pattern lets torch fill the gradients of all weights too; the expert freezes the weights.
        values: {"heads": [layer, head] of z, "mlps": [layer] of mlp_out}
        """
        import nnsight
        import torch
        with self.model.trace(tokens(question.prompt)):
            clean = nnsight.save([])
            for layer in self.layers:
                clean.append((layer.self_attn.o_proj.input, layer.mlp.output))
        self.module.requires_grad_(not question.expert)
        with torch.enable_grad():
            with self.model.trace(tokens(question.contrast)):
                if question.expert:
                    self.model.model.embed_tokens.output.requires_grad_(True)
                corrupted, gradients = nnsight.save([]), nnsight.save([])
                for layer in self.layers:
                    corrupted.append((layer.self_attn.o_proj.input, layer.mlp.output))
                metric = question.metric(self.model.lm_head.output)
                with metric.backward():
                    for z, mlp in reversed(corrupted):
                        of_mlp = mlp.grad
                        gradients.append((z.grad, of_mlp))
        self.module.zero_grad(set_to_none=True)
        heads, mlps = [], []
        for new, old, gradient in zip(clean, corrupted, reversed(gradients)):
            of_z, of_mlp = ((a - b.detach()) * g for a, b, g in zip(new, old, gradient))
            heads.append(self.by_head(of_z).sum((0, 1, 3)).tolist())
            mlps.append(of_mlp.sum().item())
        total = len(mlps) * (self.heads + 1)
        how = "a trace of the prompt, a trace of the contrast with metric.backward() and .grad within it" + \
              (", the weights frozen" if question.expert else "")
        return Answer({"heads": heads, "mlps": mlps}, total, total, how)

    def dla(self, question: Question) -> Answer:
        """Direct logit attribution at the prompt's last position, through the final norm at its frozen scale, onto
        unembed(answer) - unembed(against). values: {"heads": [layer, head], "neurons": [layer, neuron]}, nats
        """
        import nnsight
        import torch
        keep = {"logits_to_keep": 1} if question.expert else {}
        with self.model.trace(tokens(question.prompt), **keep):
            zs, acts = nnsight.save([]), nnsight.save([])
            for layer in self.layers:
                zs.append(layer.self_attn.o_proj.input[0, -1])
                acts.append(layer.mlp.down_proj.input[0, -1])
            last = self.model.model.norm.input[0, -1].save()  # [dModel]
        norm, unembed = self.module.model.norm, self.module.lm_head.weight
        scale = torch.rsqrt(last.pow(2).mean() + norm.variance_epsilon)
        direction = norm.weight * scale * (unembed[question.answer] - unembed[question.against])
        heads, neurons = [], []
        for layer, z, act in zip(self.module.model.layers, zs, acts):
            heads.append(self.by_head(z * (direction @ layer.self_attn.o_proj.weight)).sum(-1).tolist())
            neurons.append((act * (direction @ layer.mlp.down_proj.weight)).tolist())
        total = sum(map(len, heads)) + sum(map(len, neurons))
        how = "a trace that saves z, neurons and the last residual stream, the rest by hand with the model's weights"
        return Answer({"heads": heads, "neurons": neurons}, total, total, how)


def tokens(ids):
    import torch
    return torch.tensor([ids])  # [1, pos]


if __name__ == "__main__":
    serve(NNsight)
