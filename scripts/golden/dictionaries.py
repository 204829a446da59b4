#!/usr/bin/env python3
"""Small dictionaries written by the libraries that Cutaway exchanges them with, and a check that those open what Cutaway writes.

    dictionaries.py make features/src/test/resources/exchange    writes one folder a dictionary, as its library saves it, and in each
                                                                 expected.safetensors: x, the codes and the output by that library
    dictionaries.py agree GOLDEN CUTAWAY                         has CUTAWAY (a command such as ./cutaway) convert each of those to
                                                                 every form that can hold it, opens the result with the form's own
                                                                 library, and compares its codes and outputs with the expected ones

SAELens 6.54.12, sparsify 1.3.3, dictionary-learning 0.1.0 and circuit-tracer 0.5.0, in an environment of their own that the first
command makes: see ../reference/environment.py. Seed 7, float32, one thread. Weights are normal numbers, trained on nothing.
"""

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import types
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "reference"))
sys.dont_write_bytecode = True

N, D, F, OUT, LAYERS = 7, 6, 13, 5, 3
TOLERANCE = 1e-5  # of the largest number: float32 sums of 13 terms in another order


def rerun_inside():
    """Runs this script again in the environment with the libraries."""
    from environment import environment, python_of, quiet
    venv = environment(name="dictionaries", requirements=HERE / "dictionaries-requirements.txt",
                       imports="sae_lens, sparsify, circuit_tracer.transcoder")
    raise SystemExit(subprocess.run([python_of(venv), "-B", __file__, "--inside", *sys.argv[1:]], env=quiet()).returncode)


def stub_nnsight():
    """dictionary-learning imports a name of nnsight for its activation buffer, which nothing here uses."""
    stub = types.ModuleType("nnsight")
    stub.LanguageModel = object
    sys.modules.setdefault("nnsight", stub)


def randomise(module):
    import torch
    for name, parameter in sorted(module.named_parameters()):
        drawn = torch.randn(parameter.shape) * 0.5
        if "threshold" in name:
            drawn = drawn.abs()
        # in the layout that the library made: dictionary-learning saves transposed views
        parameter.data.copy_(drawn)


def expect(folder, x, codes, output):
    from safetensors.torch import save_file
    save_file({"x": x.contiguous(), "codes": codes.detach().to_dense().contiguous(), "output": output.detach().contiguous()},
              str(folder / "expected.safetensors"))


def draw(*shape):
    import torch
    return torch.randn(*shape)


# ---- SAELens

def saelens_cases():
    from sae_lens import (GatedSAE, GatedSAEConfig, JumpReLUSAE, JumpReLUSAEConfig, JumpReLUSkipTranscoder, JumpReLUSkipTranscoderConfig,
                          JumpReLUTranscoder, JumpReLUTranscoderConfig, SkipTranscoder, SkipTranscoderConfig, StandardSAE,
                          StandardSAEConfig, TopKSAE, TopKSAEConfig, Transcoder, TranscoderConfig)
    mlp = {"hook_name": "blocks.2.ln2.hook_normalized", "hook_name_out": "blocks.2.hook_mlp_out"}
    across = {"d_out": OUT, "apply_b_dec_to_input": False}
    yield "standard", StandardSAE, StandardSAEConfig, {}, {}
    yield "uncentred", StandardSAE, StandardSAEConfig, {"apply_b_dec_to_input": False}, {}
    yield "layer-norm", StandardSAE, StandardSAEConfig, {"normalize_activations": "layer_norm"}, {}
    yield "constant-norm", StandardSAE, StandardSAEConfig, {"normalize_activations": "constant_norm_rescale"}, {}
    yield "float64", StandardSAE, StandardSAEConfig, {"dtype": "float64"}, {}
    yield "bfloat16", StandardSAE, StandardSAEConfig, {"dtype": "bfloat16"}, {}
    yield "gated", GatedSAE, GatedSAEConfig, {}, {}
    yield "topk", TopKSAE, TopKSAEConfig, {"k": 3}, {}
    yield "topk-rescaled", TopKSAE, TopKSAEConfig, {"k": 3, "rescale_acts_by_decoder_norm": True}, {}
    yield "jumprelu", JumpReLUSAE, JumpReLUSAEConfig, {}, {}
    yield "transcoder", Transcoder, TranscoderConfig, across, mlp
    yield "skip-transcoder", SkipTranscoder, SkipTranscoderConfig, across, mlp
    yield "jumprelu-transcoder", JumpReLUTranscoder, JumpReLUTranscoderConfig, across, mlp
    yield "jumprelu-skip-transcoder", JumpReLUSkipTranscoder, JumpReLUSkipTranscoderConfig, across, mlp


def make_saelens(out):
    import torch
    from sae_lens.saes.sae import SAEMetadata
    for name, kind, config, settings, metadata in saelens_cases():
        folder = out / "saelens" / name
        about = SAEMetadata(model_name="gpt2-small", hook_name="blocks.2.hook_resid_post", context_size=128, prepend_bos=True,
                            dataset_path="made/up", seqpos_slice=[None])
        for key, value in metadata.items():
            about[key] = value
        sae = kind(config(d_in=D, d_sae=F, metadata=about, **settings))
        randomise(sae)
        if name == "jumprelu":
            sae.threshold.data[4] = -0.5  # SAELens has max(0, z) where z > threshold: such a latent is a ReLU
        sae.eval()
        sae.save_model(folder)
        x = draw(N, D)
        if name == "bfloat16":  # what is read is computed in float32, on the rounded weights
            sae = kind.load_from_disk(folder, dtype="float32")
        if name == "float64":
            x = x.double()
        with torch.no_grad():
            expect(folder, x, sae.encode(x), sae(x))
    flat(out / "saelens" / "old-flat")


def flat(folder):
    """A folder as SAELens 3 saved it: one flat cfg.json. Opened by today's SAELens."""
    import torch
    from safetensors.torch import save_file
    from sae_lens import SAE
    folder.mkdir(parents=True, exist_ok=True)
    cfg = {"d_in": D, "d_sae": F, "dtype": "torch.float32", "device": "cpu", "model_name": "gpt2-small",
           "hook_name": "blocks.2.attn.hook_z", "hook_layer": 2, "hook_head_index": None, "activation_fn_str": "topk",
           "activation_fn_kwargs": {"k": 4}, "apply_b_dec_to_input": True, "finetuning_scaling_factor": False,
           "sae_lens_training_version": "3.2.0", "prepend_bos": True, "dataset_path": "made/up", "dataset_trust_remote_code": True,
           "context_size": 128, "normalize_activations": "none"}
    (folder / "cfg.json").write_text(json.dumps(cfg))
    save_file({"W_enc": draw(D, F) * 0.5, "W_dec": draw(F, D) * 0.5, "b_enc": draw(F) * 0.5, "b_dec": draw(D) * 0.5,
               "scaling_factor": torch.ones(F)}, str(folder / "sae_weights.safetensors"))
    sae = SAE.load_from_disk(folder)
    x = draw(N, 2, D // 2)  # [n, head, dHead]
    with torch.no_grad():
        codes, output = sae.encode(x), sae(x)
    expect(folder, x.flatten(1), codes, output.flatten(1))


# ---- sparsify

def make_sparsify(out):
    import torch
    from sparsify import SparseCoder, SparseCoderConfig
    for name, transcode, skip in (("layers.2", False, False), ("layers.2.mlp", True, True)):
        folder = out / "sparsify" / name
        coder = SparseCoder(D, SparseCoderConfig(num_latents=F, k=3, transcode=transcode, skip_connection=skip))
        randomise(coder)
        coder.save_to_disk(folder)
        x = draw(N, D)
        with torch.no_grad():
            expect(folder, x, sparsify_codes(coder, x), coder(x).sae_out)


def sparsify_codes(coder, x):
    import torch
    encoded = coder.encode(x)
    return torch.zeros(x.shape[0], coder.num_latents).scatter(1, encoded.top_indices, encoded.top_acts)


# ---- dictionary-learning

def make_dictionary_learning(out):
    stub_nnsight()
    import torch
    from dictionary_learning.dictionary import AutoEncoder, AutoEncoderNew, GatedAutoEncoder, JumpReluAutoEncoder
    from dictionary_learning.trainers.batch_top_k import BatchTopKSAE
    from dictionary_learning.trainers.matryoshka_batch_top_k import MatryoshkaBatchTopKSAE
    from dictionary_learning.trainers.top_k import AutoEncoderTopK
    made = {"AutoEncoder": AutoEncoder(D, F), "AutoEncoderNew": AutoEncoderNew(D, F), "GatedAutoEncoder": GatedAutoEncoder(D, F),
            "AutoEncoderTopK": AutoEncoderTopK(D, F, 3), "BatchTopKSAE": BatchTopKSAE(D, F, 3),
            "MatryoshkaBatchTopKSAE": MatryoshkaBatchTopKSAE(D, F, 3, [5, 8]), "JumpReluAutoEncoder": JumpReluAutoEncoder(D, F)}
    for name, dictionary in made.items():
        folder = out / "dictionary_learning" / name
        folder.mkdir(parents=True, exist_ok=True)
        randomise(dictionary)
        if "BatchTopK" in name:
            dictionary.threshold.fill_(0.25)
        trainer = {"dict_class": name, "activation_dim": D, "dict_size": F, "lr": 0.0003, "steps": 20, "seed": 7, "device": "cpu",
                   "layer": 2, "lm_name": "EleutherAI/pythia-70m-deduped", "wandb_name": "made", "submodule_name": "resid_post_layer_2"}
        if hasattr(dictionary, "k"):
            trainer["k"] = dictionary.k.item()
        (folder / "config.json").write_text(json.dumps({"trainer": trainer, "buffer": {"d_submodule": D, "ctx_len": 128}}, indent=4))
        torch.save({k: v.cpu() for k, v in dictionary.state_dict().items()}, folder / "ae.pt")
        x = draw(N, D)
        with torch.no_grad():
            expect(folder, x, dictionary.encode(x), dictionary(x))


# ---- circuit-tracer

def make_circuit_tracer(out):
    import torch
    from circuit_tracer.transcoder import SingleLayerTranscoder, TranscoderSet
    from circuit_tracer.transcoder.activation_functions import JumpReLU
    from circuit_tracer.transcoder.cross_layer_transcoder import CrossLayerTranscoder
    at = {"feature_input_hook": "hook_resid_mid", "feature_output_hook": "hook_mlp_out"}
    for name, jump in (("relu", False), ("jumprelu-skip", True)):
        folder = out / "circuit-tracer" / name
        layers = {i: SingleLayerTranscoder(D, F, JumpReLU(torch.zeros(F)) if jump else torch.nn.functional.relu, i, skip_connection=jump,
                                           device=torch.device("cpu"), dtype=torch.float32) for i in range(LAYERS)}
        for layer in layers.values():
            randomise(layer)
        if jump:
            layers[1].activation_function.threshold.data[3] = -1.0  # circuit-tracer lets negative codes through then
        whole = TranscoderSet(layers, **at)
        whole.to_safetensors(str(folder))
        config(folder, "transcoder_set", at)
        x = draw(LAYERS, N, D)
        with torch.no_grad():
            codes = whole.encode(x)
            expect(folder, x, codes, whole.decode(codes, x))
    for name, kind in (("cross-layer-relu", "relu"), ("cross-layer-jumprelu", "jump_relu")):
        folder = out / "circuit-tracer" / name
        whole = CrossLayerTranscoder(LAYERS, F, D, activation_function=kind, lazy_decoder=False, device=torch.device("cpu"),
                                     dtype=torch.float32, **at)
        randomise(whole)
        whole.to_safetensors(str(folder))
        config(folder, "cross_layer_transcoder", at)
        x = draw(LAYERS, N, D)
        with torch.no_grad():
            codes = whole.encode(x)
            expect(folder, x, codes, whole.decode(codes.to_sparse(), x))


def config(folder, kind, at):
    lines = [f"model_kind: {kind}", "model_name: \"gpt2-small\"", *(f"{key}: {value}" for key, value in at.items())]
    (folder / "config.yaml").write_text("# made by dictionaries.py\n" + "\n".join(lines) + "\n")


# ---- Gemma Scope: the files' layout by hand, the numbers by SAELens' class of it

def make_gemma_scope(out):
    import numpy
    import torch
    from safetensors.torch import save_file
    from sae_lens import JumpReLUSAE, JumpReLUSAEConfig, JumpReLUSkipTranscoder, JumpReLUSkipTranscoderConfig
    folder = out / "gemma-scope-2b-pt-res" / "layer_2" / "width_13" / "average_l0_4"
    folder.mkdir(parents=True, exist_ok=True)
    sae = JumpReLUSAE(JumpReLUSAEConfig(d_in=D, d_sae=F, apply_b_dec_to_input=False))
    randomise(sae)
    numpy.savez(folder / "params.npz", **{k: v.detach().numpy() for k, v in sae.state_dict().items()})
    x = draw(N, D)
    with torch.no_grad():
        expect(folder, x, sae.encode(x), sae(x))

    folder = out / "gemma-scope-2-1b-pt" / "transcoder" / "layer_2_width_13_l0_small_affine"
    folder.mkdir(parents=True, exist_ok=True)
    sae = JumpReLUSkipTranscoder(JumpReLUSkipTranscoderConfig(d_in=D, d_sae=F, d_out=D, apply_b_dec_to_input=False)).eval()
    randomise(sae)
    state = sae.state_dict()
    save_file({"w_enc": state["W_enc"], "w_dec": state["W_dec"], "b_enc": state["b_enc"], "b_dec": state["b_dec"],
               "threshold": state["threshold"], "affine_skip_connection": state["W_skip"].T.contiguous()},
              str(folder / "params.safetensors"))
    (folder / "config.json").write_text(json.dumps({
        "architecture": "jump_relu", "model_name": "gemma-v3-1b-pt", "affine_connection": True, "type": "transcoder",
        "hf_hook_point_in": "model.layers.2.pre_feedforward_layernorm.output",
        "hf_hook_point_out": "model.layers.2.post_feedforward_layernorm.output", "width": F, "l0": 4}))
    x = draw(N, D)
    with torch.no_grad():
        expect(folder, x, sae.encode(x), sae(x))


def make(options):
    import torch
    torch.manual_seed(7)
    torch.set_num_threads(1)
    for step in (make_saelens, make_sparsify, make_dictionary_learning, make_circuit_tracer, make_gemma_scope):
        step(options.out)
    total = sum(file.stat().st_size for file in options.out.rglob("*") if file.is_file())
    print(f"{options.out}: {total} bytes")


# ---- what Cutaway writes, opened by the libraries

def saelens_opens(folder, x):
    import torch
    from sae_lens import SAE
    sae = SAE.load_from_disk(folder)
    if sae.hook_z_reshaping_mode:
        x = x.unflatten(1, (2, -1))
    with torch.no_grad():
        return sae.encode(x), sae(x).flatten(1)


def sparsify_opens(folder, x):
    import torch
    from sparsify import SparseCoder
    coder = SparseCoder.load_from_disk(folder)
    with torch.no_grad():
        return sparsify_codes(coder, x), coder(x).sae_out


def circuit_tracer_opens(folder, x):
    import torch
    import yaml
    from circuit_tracer.transcoder import load_transcoder_set
    from circuit_tracer.transcoder.cross_layer_transcoder import load_clt
    settings = yaml.safe_load((folder / "config.yaml").read_text())
    at = {key: settings[key] for key in ("feature_input_hook", "feature_output_hook")}
    with torch.no_grad():
        if settings["model_kind"] == "cross_layer_transcoder":
            whole = load_clt(str(folder), **at, device=torch.device("cpu"), dtype=torch.float32)
            codes = whole.encode(x)
            return codes, whole.decode(codes.to_sparse(), x)
        paths = {i: str(folder / f"layer_{i}.safetensors") for i in range(len(list(folder.glob("layer_*"))))}
        whole = load_transcoder_set(paths, "made/up", **at, device=torch.device("cpu"), dtype=torch.float32, lazy_encoder=False,
                                    lazy_decoder=False)
        codes = whole.encode(x)
        return codes, whole.decode(codes, x)


OPENS = {"saelens": saelens_opens, "sparsify": sparsify_opens, "circuit-tracer": circuit_tracer_opens}


def agree(options):
    import torch
    from safetensors.torch import load_file
    torch.set_num_threads(1)
    bad = 0
    for file in sorted(options.golden.rglob("expected.safetensors")):
        golden = load_file(str(file))
        for form, opens in OPENS.items():
            with tempfile.TemporaryDirectory() as place:
                target = Path(place) / "layers.2"
                words = [*shlex.split(options.cutaway), "features", "convert", str(file.parent), str(target), "--format", form]
                done = subprocess.run(words, capture_output=True, text=True)
                name = f"{file.parent.relative_to(options.golden)} as {form}"
                if done.returncode == 2:
                    print(f"{name}: refused: {done.stderr.strip()}")
                    continue
                if done.returncode != 0:
                    bad += 1
                    print(f"{name}: FAILED: {done.stderr.strip()}")
                    continue
                if (target / "layer_0").is_dir():
                    answers = [opens(target / f"layer_{i}", x) for i, x in enumerate(golden["x"])]
                    codes, output = (torch.stack(part) for part in zip(*answers))
                else:
                    codes, output = opens(target, golden["x"])
                far = max(((a - b).abs().max() / b.abs().max()).item()
                          for a, b in ((codes, golden["codes"]), (output, golden["output"])))
                bad += far > TOLERANCE
                print(f"{name}: {far:.1e} apart{'' if far <= TOLERANCE else ' ABOVE ' + str(TOLERANCE)}")
    return bad == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    sub = commands.add_parser("make", help="write the small dictionaries")
    sub.set_defaults(run=make)
    sub.add_argument("out", type=Path)
    sub = commands.add_parser("agree", help="have the libraries open what Cutaway converts")
    sub.set_defaults(run=agree)
    sub.add_argument("golden", type=Path)
    sub.add_argument("cutaway")
    options = parser.parse_args()
    if not options.inside:
        rerun_inside()
    if options.run(options) is False:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
