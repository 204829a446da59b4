"""SAEDashboard as a rival of `cutaway bench --dictionaries`: pages of all features of a dictionary, as its README makes them.

SaeVisRunner with its usual layout and batches (256 features, 64 contexts), then save_feature_centric_vis into one HTML file. Its cache of
the model's activations, which NeuronpediaRunner uses and SaeVisRunner leaves off, is on: without it the model would run anew for each batch
of features.
"""

import json
import tempfile
import time
from pathlib import Path


def pages(folder, model_folder):
    """Returns the fields that are printed, but for versions.

    folder: holds contexts.safetensors {"contexts": [n, pos] int64} and dictionary/, a SAELens folder
    """
    from sae_dashboard.data_writing_fns import save_feature_centric_vis
    from sae_dashboard.sae_vis_data import SaeVisConfig
    from sae_dashboard.sae_vis_runner import SaeVisRunner
    from sae_lens import SAE
    from safetensors.torch import load_file
    from transformer_lens import HookedTransformer, loading_from_pretrained
    loading_from_pretrained.get_official_model_name = lambda name: name  # its list has no folders, which the rest takes
    read_settings = loading_from_pretrained.convert_hf_model_config

    def with_rotary_base(name, **options):
        """Of a Llama that is not in its list TransformerLens 2 takes the base 10,000, whatever the file says."""
        base = json.loads((Path(model_folder) / "config.json").read_text()).get("rope_theta", 10000)
        return {**read_settings(name, **options), "rotary_base": int(base)}

    loading_from_pretrained.convert_hf_model_config = with_rotary_base
    tokens = load_file(folder / "contexts.safetensors")["contexts"]
    sae = SAE.load_from_disk(folder / "dictionary")
    model = HookedTransformer.from_pretrained(model_folder, device="cpu", dtype="float32")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        begin = time.perf_counter()
        config = SaeVisConfig(hook_point=sae.cfg.metadata.hook_name, features=list(range(sae.cfg.d_sae)), cache_dir=Path(scratch) / "cache")
        data = SaeVisRunner(config).run(encoder=sae, model=model, tokens=tokens)
        save_feature_centric_vis(sae_vis_data=data, filename=Path(scratch) / "pages.html")
        seconds = time.perf_counter() - begin
        size = (Path(scratch) / "pages.html").stat().st_size
    stats = data.feature_stats
    return {"tokens": tokens.numel(), "features": len(stats.max), "seconds": seconds, "html_mb": size / 1e6, "max": stats.max,
            "fired": [round(share * tokens.numel()) for share in stats.frac_nonzero]}
