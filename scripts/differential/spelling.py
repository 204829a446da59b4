"""Rewrites a config.json that transformers 5 wrote into the spelling that older files have."""


STAYS = ("architectures", "model_type", "dtype", "transformers_version")


def without_defaults(config, defaults, draw):
    """Leaves out half of the settings that say what is so without them, as files do that were written before a setting was."""
    return {key: value for key, value in config.items()
            if key in STAYS or key not in defaults or value != defaults[key] or draw.random() < 0.5}


def old(family, config, draw):
    """The same settings under their old names. (The oldest, Phi-3's "su", transformers 5.23 refuses.)

    draw: a random.Random that chooses between two old spellings
    """
    config = dict(config)
    if "dtype" in config:
        config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.38.2"
    if family in ("llama", "phi", "phi3", "olmo2") and config.get("num_key_value_heads") == config["num_attention_heads"]:
        del config["num_key_value_heads"]
    if family == "gpt2":
        config["n_ctx"] = config["n_positions"]
    if family == "bert":
        config["position_embedding_type"] = "absolute"
        return config
    layer_types(family, config)
    rope = config.pop("rope_parameters", None)
    if rope is None:
        return config
    if family == "gemma3_text":
        sliding, rope = rope["sliding_attention"], rope["full_attention"]
        if sliding["rope_type"] != "default":  # the old spelling has no word for it
            config["rope_parameters"] = {"sliding_attention": sliding, "full_attention": rope}
            return config
        config["rope_local_base_freq"] = sliding["rope_theta"]
    rope = dict(rope)
    config["rotary_emb_base" if family == "gpt_neox" else "rope_theta"] = rope.pop("rope_theta")
    if "partial_rotary_factor" in rope:
        config["rotary_pct" if family == "gpt_neox" else "partial_rotary_factor"] = rope.pop("partial_rotary_factor")
    if family == "phi3":
        rope.pop("original_max_position_embeddings", None)  # it stands outside
    kind = rope.pop("rope_type")
    if kind == "default":
        config["rope_scaling"] = None
    else:
        key = "rope_type" if family == "gemma3_text" else draw.choice(["type", "rope_type"])  # Gemma 3 came after "type"
        config["rope_scaling"] = {key: kind, **rope}
    return config


def layer_types(family, config):
    """Leaves out the list of layer types where the older settings say the same."""
    types, layers = config.get("layer_types"), config.get("num_hidden_layers")
    if types is None:
        return
    if family in ("qwen2", "qwen3"):
        window = config.get("sliding_window") is not None
        derived = ["sliding_attention" if window and i >= config["max_window_layers"] else "full_attention" for i in range(layers)]
    elif family == "gemma2":
        derived = ["full_attention" if i % 2 else "sliding_attention" for i in range(layers)]
    elif family == "gemma3_text":
        pattern = types.index("full_attention") + 1 if "full_attention" in types else layers + 1
        derived = ["sliding_attention" if (i + 1) % pattern else "full_attention" for i in range(layers)]
        if derived == types:
            config["sliding_window_pattern"] = pattern
    else:
        return
    if derived == types:
        config.pop("layer_types")
