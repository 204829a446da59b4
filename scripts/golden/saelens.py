"""Trains tiny dictionaries with SAELens 6.54.12, in float64, and writes what came of it for the tests of cutaway.features.coder.

    python scripts/golden/saelens.py       (half a minute; the first time it makes an environment: see ../reference/environment.py)

One file for each case in features/src/test/resources/saelens, under our names and shapes:
    batch          [20, 32, 8]: batches in float64; step i has batch i mod 20 (one file, batches.safetensors, for all cases)
    first.NAME     parameters at the start, as SAELens draws them (seed 0), after a nudge that leaves no bias at zero
    last.NAME      after 200 steps (two cases: fewer, below) of SAELens' own SAETrainer: Adam, gradients clipped to the norm 1
    losses         [200]: its loss at each step, before it
    silent         [24]: forward passes since each latent fired, at the end
    codes, output  what its own inference class gives for batch 0 from the saved weights, decoder norms folded where it can
    threshold      BatchTopK's, at the end
The one change to SAELens: JumpReLU's threshold, which it keeps in float32, is float64 here.
"""
import math
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TO = HERE.parent.parent / "features/src/test/resources/saelens"
D, WIDTH, TOKENS, BATCHES, STEPS, RATE = 8, 24, 32, 20, 200, 0.003
NAMES = {"W_enc": "encoder", "b_enc": "encoderBias", "W_dec": "decoder", "b_dec": "decoderBias", "threshold": "threshold",
         "b_gate": "gateBias", "b_mag": "magnitudeBias", "r_mag": "logMagnitude"}


def restart_in_environment():
    sys.path.insert(0, str(HERE.parent / "reference"))
    from environment import environment, python_of, quiet
    venv = environment(name="saelens", requirements=HERE / "saelens-requirements.txt", imports="sae_lens")
    if Path(sys.prefix) != venv:
        python = python_of(venv)
        os.execve(python, [str(python), "-B", __file__], {**quiet(), "WANDB_MODE": "disabled", "OMP_NUM_THREADS": "1"})


restart_in_environment()
import sae_lens  # noqa: E402
import torch  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from sae_lens.config import LoggingConfig, SAETrainerConfig  # noqa: E402
from sae_lens.training.sae_trainer import SAETrainer  # noqa: E402

CASES = {
    "relu": (sae_lens.StandardTrainingSAE, sae_lens.StandardTrainingSAEConfig, dict(l1_coefficient=0.2, l1_warm_up_steps=50)),
    "relu-lp": (sae_lens.StandardTrainingSAE, sae_lens.StandardTrainingSAEConfig, dict(l1_coefficient=0.05, lp_norm=0.7)),
    "relu-uncentred": (sae_lens.StandardTrainingSAE, sae_lens.StandardTrainingSAEConfig,
                       dict(l1_coefficient=0.2, apply_b_dec_to_input=False)),
    "gated": (sae_lens.GatedTrainingSAE, sae_lens.GatedTrainingSAEConfig, dict(l1_coefficient=0.2, l1_warm_up_steps=50)),
    "topk": (sae_lens.TopKTrainingSAE, sae_lens.TopKTrainingSAEConfig, dict(k=3)),
    "topk-unranked": (sae_lens.TopKTrainingSAE, sae_lens.TopKTrainingSAEConfig, dict(k=2, rescale_acts_by_decoder_norm=False)),
    "batch-topk": (sae_lens.BatchTopKTrainingSAE, sae_lens.BatchTopKTrainingSAEConfig, dict(k=1.5)),
    "matryoshka": (sae_lens.MatryoshkaBatchTopKTrainingSAE, sae_lens.MatryoshkaBatchTopKTrainingSAEConfig,
                   dict(k=2.0, matryoshka_widths=[5, 12, 24])),
    "matryoshka-own": (sae_lens.MatryoshkaBatchTopKTrainingSAE, sae_lens.MatryoshkaBatchTopKTrainingSAEConfig,
                       dict(k=1.5, matryoshka_widths=[5, 12, 24], use_matryoshka_aux_loss=True)),
    "jump-relu": (sae_lens.JumpReLUTrainingSAE, sae_lens.JumpReLUTrainingSAEConfig, dict(l0_coefficient=0.1, l0_warm_up_steps=50)),
    "jump-relu-tanh": (sae_lens.JumpReLUTrainingSAE, sae_lens.JumpReLUTrainingSAEConfig, dict(
        l0_coefficient=0.3, jumprelu_sparsity_loss_mode="tanh", jumprelu_ste_to_input=True, pre_act_loss_coefficient=0.05,
        jumprelu_init_threshold=0.1, jumprelu_bandwidth=0.5)),
    "jump-relu-quadratic": (sae_lens.JumpReLUTrainingSAE, sae_lens.JumpReLUTrainingSAEConfig, dict(
        l0_coefficient=0.02, jumprelu_sparsity_loss_mode="quadratic", target_l0=3.0, jumprelu_init_threshold=0.1)),
}

FEWER_STEPS = {"relu-lp": 60, "jump-relu-tanh": 100}  # by 200 one rounding of a first weight has become 1e-5 and 1e-8 of the loss


def planted():
    """Tokens made of a few of 16 directions each, around a mean."""
    generator = torch.Generator().manual_seed(7)
    directions = torch.randn(16, D, generator=generator, dtype=torch.float64)
    directions /= directions.norm(dim=1, keepdim=True)
    active = torch.rand(BATCHES * TOKENS, 16, generator=generator, dtype=torch.float64) < 0.12
    values = 0.5 + torch.rand(BATCHES * TOKENS, 16, generator=generator, dtype=torch.float64)
    noise = 0.02 * torch.randn(BATCHES * TOKENS, D, generator=generator, dtype=torch.float64)
    mean = 0.3 * torch.randn(D, generator=generator, dtype=torch.float64)
    return ((active * values) @ directions + noise + mean).reshape(BATCHES, TOKENS, D)


def ours(sae):
    parameters = {NAMES[name]: value.detach().clone() for name, value in sae.named_parameters()}
    parameters["encoder"] = parameters["encoder"].T.contiguous()
    return parameters


def create(sae_class, config_class, options):
    torch.manual_seed(0)
    sae = sae_class(config_class(d_in=D, d_sae=WIDTH, dtype="float64", **options))
    if hasattr(sae, "threshold"):
        sae.threshold = torch.nn.Parameter(torch.full((WIDTH,), sae.cfg.jumprelu_init_threshold, dtype=torch.float64))
    with torch.no_grad():
        for name, value in sae.named_parameters():
            if name.startswith("b_") or name == "r_mag":
                value += 0.02 * torch.randn(value.shape, dtype=torch.float64)
    return sae


def run(name, batches):
    sae = create(*CASES[name])
    tensors = {f"first.{n}": v for n, v in ours(sae).items()}
    config = SAETrainerConfig(
        n_checkpoints=0, checkpoint_path=None, save_final_checkpoint=False, total_training_samples=STEPS * TOKENS, device="cpu",
        autocast=False, lr=RATE, lr_end=RATE, lr_scheduler_name="constant", lr_warm_up_steps=0, adam_beta1=0.9, adam_beta2=0.999,
        lr_decay_steps=0, n_restart_cycles=1, train_batch_size_samples=TOKENS, dead_feature_window=5, feature_sampling_window=1000,
        logger=LoggingConfig(log_to_wandb=False))
    trainer = SAETrainer(config, sae, iter(()))
    losses, dead = [], 0
    for step in range(FEWER_STEPS.get(name, STEPS)):
        dead += int(trainer.dead_neurons.sum()) > 0
        losses.append(trainer.step(batches[step % BATCHES]).loss.item())
        trainer.n_training_steps += 1
    if hasattr(sae, "threshold"):
        sae.threshold.data.clamp_(min=0)  # as SAELens does before each forward pass
    tensors |= {f"last.{n}": v for n, v in ours(sae).items()}
    tensors["losses"] = torch.tensor(losses, dtype=torch.float64)
    tensors["silent"] = trainer.n_forward_passes_since_fired.to(torch.int64)
    if hasattr(sae, "topk_threshold"):
        tensors["threshold"] = sae.topk_threshold.reshape(1).clone()
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        sae.save_inference_model(folder)
        inference = sae_lens.SAE.load_from_disk(folder, dtype="float64")
        try:
            inference.fold_W_dec_norm()
        except NotImplementedError:
            pass
        tensors["codes"] = inference.encode(batches[0])
        tensors["output"] = inference.decode(tensors["codes"])
    active = (tensors["codes"] > 0).sum(1).double().mean()
    print(f"{name:20} loss {losses[0]:.4f} -> {losses[-1]:.4f}   steps with dead latents {dead:3}   L0 of batch 0 {active:.2f}")
    return tensors


def temporal(batches):
    """The forward pass alone: SAELens does not train this kind."""
    torch.manual_seed(0)
    cfg = sae_lens.TemporalSAEConfig(d_in=D, d_sae=WIDTH, dtype="float64", n_heads=3, n_attn_layers=2, bottleneck_factor=2, kval_topk=4,
                                     tied_weights=True)
    sae = sae_lens.TemporalSAE(cfg).to(torch.float64)
    x = batches[:2, :13] * math.sqrt(D)
    tensors = {"first.decoder": sae.W_dec.detach().clone(), "first.decoderBias": 0.1 * torch.randn(D, dtype=torch.float64)}
    sae.b_dec.data.copy_(tensors["first.decoderBias"])
    for i, layer in enumerate(sae.attn_layers):
        for part, linear in (("key", layer.k_ctx), ("query", layer.q_target), ("value", layer.v_ctx), ("output", layer.c_proj)):
            tensors[f"first.attention.{i}.{part}"] = linear.weight.detach().clone()
            tensors[f"first.attention.{i}.{part}Bias"] = linear.bias.detach().clone()
    with torch.no_grad():
        novel, predicted = sae.encode_with_predictions(x)
        tensors |= {"x": x.contiguous(), "novel": novel, "predicted": predicted, "output": sae(x)}
    return tensors


def pursuit(batches):
    """SAELens' matching pursuit, without its stop at a support that did not grow."""
    torch.manual_seed(0)
    cfg = sae_lens.MatchingPursuitSAEConfig(d_in=D, d_sae=WIDTH, dtype="float64", residual_threshold=0.3, max_iterations=5,
                                            stop_on_duplicate_support=False)
    sae = sae_lens.MatchingPursuitSAE(cfg)
    with torch.no_grad():
        sae.W_dec /= sae.W_dec.norm(dim=1, keepdim=True)
        sae.b_dec += 0.1 * torch.randn(D, dtype=torch.float64)
        return {"decoder": sae.W_dec.clone(), "decoderBias": sae.b_dec.clone(), "x": batches[0], "codes": sae.encode(batches[0])}


def main():
    torch.set_num_threads(1)
    TO.mkdir(parents=True, exist_ok=True)
    batches = planted()
    about = {"made by": f"scripts/golden/saelens.py, SAELens {sae_lens.__version__}, torch {torch.__version__}"}  # two would change order
    save_file({"batch": batches}, TO / "batches.safetensors", about)
    for name in CASES:
        save_file({k: v.contiguous() for k, v in run(name, batches).items()}, TO / f"{name}.safetensors", about)
    save_file({k: v.contiguous() for k, v in temporal(batches).items()}, TO / "temporal.safetensors", about)
    save_file(pursuit(batches), TO / "pursuit.safetensors", about)


main()
