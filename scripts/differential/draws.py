"""Draws the settings of small random models, family by family, in the new spelling of config.json.

What a draw may hold is what transformers gives a meaning to; a draw that transformers cannot run is drawn again by the caller.
"""

import math
import random
from dataclasses import dataclass, field

import rotary

PROMPT = 13  # tokens of the golden prompts: windows and contexts are drawn on both sides of it
ACTIVATIONS = ["silu", "gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "gelu_fast"]


@dataclass
class Drawn:
    """One random model.

    settings: of config.json, new spelling
    covers: the kinds of settings that this model tries
    original: the longest run whose rotary frequencies are the plain ones, where they depend on the length of the run; else None
    """
    name: str
    family: str
    seed: int
    settings: dict
    covers: list[str]
    old_spelling: bool
    stored: str
    shard_bytes: int | None
    original: int | None = None


@dataclass
class Draw:
    """A random generator with a memory of what it chose."""
    random: random.Random
    small: bool
    rope_type: str
    covers: list[str] = field(default_factory=list)
    original: int | None = None

    def one(self, *values):
        return self.random.choice(values)

    def chance(self, p=0.5):
        return self.random.random() < p

    def whole(self, low, high):
        return self.random.randint(low, high)

    def real(self, low, high):
        return round(self.random.uniform(low, high), 3)

    def cover(self, name, when=True):
        if when and name not in self.covers:
            self.covers.append(name)
        return when

    def flag(self, name, p=0.5):
        """True or false; true counts as covered under that name."""
        return self.cover(name, self.chance(p))

    def activation(self, first, homogeneous=True):
        """The family's own in half of the draws.

        homogeneous: also relu, through which a factor passes. Where a norm follows the MLP, `check` would find that the scale of the
        norm before it changes nothing.
        """
        chosen = first if self.chance() else self.one(*(name for name in ACTIVATIONS if homogeneous or name != "relu"))
        self.cover("another activation", chosen != first)
        return chosen

    def epsilon(self):
        return self.one(1e-3, 1e-5, 1e-6, 1e-8)

    def window(self):
        """Shorter than the prompt, as long, or longer."""
        window = self.one(2, 3, 5, 8, PROMPT - 1, PROMPT, 40, 4096)
        self.cover("window shorter than the prompt", window < PROMPT)
        self.cover("window longer than the prompt", window >= PROMPT)
        return window

    def layer_types(self, layers):
        types = [self.one("full_attention", "sliding_attention") for _ in range(layers)]
        self.cover("windows in some layers only", len(set(types)) == 2)
        return types

    def cap(self, name):
        """A soft cap near the sizes that are met, or none."""
        return self.real(1, 12) if self.flag(name) else None

    def sizes(self, grouped=True, head_dim=False, divisible=True):
        """Settings that nearly all families share. Heads are even in width: rotary positions turn pairs."""
        heads = each = 1
        while not 8 <= heads * each <= (24 if self.small else 60) or (heads * each).bit_count() == 1:
            heads, each = self.whole(2 if self.small else 1, 6), self.one(2, 4, 6, 8, 10, 12, 14)
        hidden = heads * each
        settings = dict(
            vocab_size=self.whole(23, 40) if self.small else self.whole(23, 120), hidden_size=hidden,
            num_hidden_layers=2 if self.small else self.whole(1, 4), num_attention_heads=heads,
            intermediate_size=self.whole(9, 28) if self.small else self.whole(9, 100),
            max_position_embeddings=self.one(PROMPT, 25, 40, 100), bos_token_id=1, eos_token_id=2, pad_token_id=0)
        self.cover("a single head", heads == 1)
        if grouped:
            groups = self.one(*(n for n in range(1, heads + 1) if heads % n == 0))
            settings["num_key_value_heads"] = groups
            self.cover("grouped key/value heads", 1 < groups < heads)
            self.cover("one key/value head of several", groups == 1 < heads)
        if head_dim and self.chance(2 / 3):
            settings["head_dim"] = self.one(2, 4, 6, 8, 10, 12)
            self.cover("heads × dHead ≠ dModel", settings["head_dim"] != each)
            if not divisible and self.chance():
                settings["hidden_size"] = hidden + self.one(1, 3, 5)
        return settings

    def tied(self):
        return self.flag("tied embeddings")

    def rope(self, settings, partial=(), rope_type=None):
        """Draws `rope_parameters` for `head_dim`, or its default; a scaling may change the context in the settings.

        partial: factors to choose from that say how much of a head is turned (an even width); none says nothing
        """
        head_dim = settings.get("head_dim") or settings["hidden_size"] // settings["num_attention_heads"]
        factors = [p for p in partial if p is None or int(head_dim * p) % 2 == 0 < int(head_dim * p)]
        return rotary.parameters(self, rope_type or self.rope_type, head_dim, settings, self.one(*factors) if factors else None)


def llama(draw):
    s = draw.sizes(head_dim=True)
    s.update(rms_norm_eps=draw.epsilon(), hidden_act=draw.activation("silu"), tie_word_embeddings=draw.tied(),
             attention_bias=draw.flag("attention biases"), mlp_bias=draw.flag("MLP biases"))
    s["rope_parameters"] = draw.rope(s)
    return s


def mistral(draw):
    s = draw.sizes(head_dim=True, divisible=False)
    s.update(rms_norm_eps=draw.epsilon(), hidden_act=draw.activation("silu"), tie_word_embeddings=draw.tied(),
             sliding_window=draw.window() if draw.chance(0.75) else None)
    s["rope_parameters"] = draw.rope(s)
    return s


def qwen_windows(draw, s):
    """A window in all layers from max_window_layers on, in the layers of a list, or in none."""
    layers = s["num_hidden_layers"]
    if draw.chance(0.7):
        s.update(use_sliding_window=True, sliding_window=draw.window(), max_window_layers=draw.whole(0, layers))
        draw.cover("windows in some layers only", 0 < s["max_window_layers"] < layers)
        if draw.chance():
            s["layer_types"] = draw.layer_types(layers)
    else:
        s.update(use_sliding_window=False, sliding_window=draw.one(None, 4), max_window_layers=draw.whole(0, layers))


def qwen2(draw):
    s = draw.sizes()
    s.update(rms_norm_eps=draw.epsilon(), hidden_act=draw.activation("silu"), tie_word_embeddings=draw.tied())
    qwen_windows(draw, s)
    s["rope_parameters"] = draw.rope(s)
    return s


def qwen3(draw):
    s = draw.sizes(head_dim=True, divisible=False)
    s.setdefault("head_dim", 8)
    s.update(rms_norm_eps=draw.epsilon(), hidden_act=draw.activation("silu"), tie_word_embeddings=draw.tied(),
             attention_bias=draw.flag("attention biases"))
    qwen_windows(draw, s)
    s["rope_parameters"] = draw.rope(s)
    return s


def gemma(draw):
    s = draw.sizes(head_dim=True)
    s.setdefault("head_dim", 6)
    s.update(rms_norm_eps=draw.epsilon(), hidden_activation=draw.activation("gelu_pytorch_tanh", homogeneous=False),
             tie_word_embeddings=draw.cover("tied embeddings", draw.chance(0.75)), attention_bias=draw.flag("attention biases", 0.3),
             query_pre_attn_scalar=draw.whole(1, 40), sliding_window=draw.window(), attn_logit_softcapping=draw.cap("soft cap of scores"),
             final_logit_softcapping=draw.cap("soft cap of logits"))
    return s


def gemma2(draw):
    s = gemma(draw)
    if draw.chance():
        s["layer_types"] = draw.layer_types(s["num_hidden_layers"])
    s["rope_parameters"] = draw.rope(s)
    return s


def gemma3_text(draw):
    s = gemma(draw)
    if draw.small:
        s["num_hidden_layers"] = 2
    else:
        s["num_hidden_layers"] = draw.whole(2, 7)
    if draw.chance(0.6):
        s["layer_types"] = draw.layer_types(s["num_hidden_layers"])
    else:
        pattern = draw.whole(2, 4)
        s["layer_types"] = ["sliding_attention" if (i + 1) % pattern else "full_attention" for i in range(s["num_hidden_layers"])]
        draw.cover("windows in some layers only", "full_attention" in s["layer_types"])
    if "full_attention" not in s["layer_types"]:  # else no layer has the rotary scaling that is drawn for them
        s["layer_types"][-1] = "full_attention"
    s["rope_parameters"] = {"full_attention": draw.rope(s),
                            "sliding_attention": draw.rope(s, rope_type=draw.one("default", "default", "linear"))}
    draw.cover("rotary positions by layer type")
    return s


def gpt2(draw):
    drawn = draw.sizes(grouped=False)
    s = dict(vocab_size=drawn["vocab_size"], n_embd=drawn["hidden_size"], n_layer=drawn["num_hidden_layers"],
             n_head=drawn["num_attention_heads"], n_positions=drawn["max_position_embeddings"], bos_token_id=1, eos_token_id=2,
             layer_norm_epsilon=draw.epsilon(), activation_function=draw.activation("gelu_new"),
             scale_attn_weights=not draw.flag("unscaled scores", 0.3),
             scale_attn_by_inverse_layer_idx=draw.flag("scores scaled by layer"), reorder_and_upcast_attn=draw.chance(0.3),
             tie_word_embeddings=draw.cover("tied embeddings", draw.chance(0.75)))
    if draw.chance():
        s["n_inner"] = drawn["intermediate_size"]
    return s


def gpt_neox(draw):
    s = draw.sizes(grouped=False)
    s.update(layer_norm_eps=draw.epsilon(), hidden_act=draw.activation("gelu"), tie_word_embeddings=draw.tied(),
             use_parallel_residual=draw.flag("parallel residual"), attention_bias=draw.flag("attention biases", 0.7))
    s["rope_parameters"] = draw.rope(s, partial=(0.25, 0.4, 0.5, 0.75, 1.0))
    return s


def phi(draw):
    s = draw.sizes()
    s.update(layer_norm_eps=draw.epsilon(), hidden_act=draw.activation("gelu_new"), tie_word_embeddings=draw.tied(),
             qk_layernorm=draw.flag("norms of queries and keys"))
    s["rope_parameters"] = draw.rope(s, partial=(0.25, 0.4, 0.5, 1.0))
    return s


def phi3(draw):
    s = draw.sizes()
    s.update(rms_norm_eps=draw.epsilon(), hidden_act=draw.activation("silu"), tie_word_embeddings=draw.tied(),
             sliding_window=draw.window() if draw.chance() else None)
    s["rope_parameters"] = draw.rope(s, partial=(None, None, 0.5, 0.75))
    if "original_max_position_embeddings" in s["rope_parameters"]:  # transformers takes Phi-3's from outside
        s["original_max_position_embeddings"] = s["rope_parameters"].pop("original_max_position_embeddings")
    return s


def olmo2(draw):
    s = draw.sizes()
    s.update(rms_norm_eps=draw.epsilon(), hidden_act=draw.activation("silu"), tie_word_embeddings=draw.tied(),
             attention_bias=draw.flag("attention biases"))
    s["rope_parameters"] = draw.rope(s)
    return s


def bert(draw):
    s = draw.sizes(grouped=False)
    s.update(layer_norm_eps=draw.one(1e-12, draw.epsilon()), hidden_act=draw.activation("gelu"), type_vocab_size=draw.whole(1, 3),
             tie_word_embeddings=draw.cover("tied embeddings", draw.chance(0.75)))
    return s


FAMILIES = {f.__name__: f for f in (gpt2, gpt_neox, llama, mistral, qwen2, qwen3, gemma2, gemma3_text, phi, phi3, olmo2, bert)}


def draw(family, index, seed, attempt=0, small=False):
    """The model of that number; another one for another attempt.

    The rotary scalings take turns, and each family begins with another one, so that a few draws try all of them.
    """
    types = rotary.TYPES_OF.get(family, rotary.TYPES)
    numbers = random.Random(f"{seed} {family} {index} {attempt}")
    maker = Draw(numbers, small, types[(2 * list(FAMILIES).index(family) + index) % len(types)])
    settings = FAMILIES[family](maker)
    old = maker.flag("old spelling of config.json")
    stored = maker.one("float32", "float32", "float16", "bfloat16")
    maker.cover(f"stored as {stored}")
    shard_bytes = maker.whole(2_000, 20_000) if maker.flag("several shards", 0.3) else None
    return Drawn(f"{family}-{index:02d}", family, numbers.randrange(2**31), settings, maker.covers, old, stored, shard_bytes,
                 maker.original)


def context(drawn):
    return drawn.settings.get("max_position_embeddings", drawn.settings.get("n_positions", math.inf))
