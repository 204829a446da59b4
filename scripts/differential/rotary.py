"""Draws rotary positions: every scaling that transformers knows under a name that model files carry.

Original contexts lie on both sides of the prompt's 13 tokens: below it, the run crosses them.
"""

TYPES = ["default", "linear", "dynamic", "yarn", "longrope", "llama3"]
TYPES_OF = {"phi3": ["default", "longrope"], "gpt2": ["default"], "bert": ["default"]}
PROMPT = 13


def parameters(draw, rope_type, head_dim, settings, partial=None):
    """`rope_parameters` of config.json; its own changes to the other settings are made there."""
    rope = {"rope_type": rope_type, "rope_theta": draw.one(100.0, 10_000.0, 10_000, 1_000_000.0, draw.real(50, 5000))}
    if partial is not None:
        rope["partial_rotary_factor"] = partial
        draw.cover("a part of each head is turned", partial < 1)
    turned = int(head_dim * (partial or 1.0))
    draw.cover("rotary " + rope_type)
    SCALINGS.get(rope_type, lambda *_: None)(draw, rope, turned, settings)
    return rope


def linear(draw, rope, turned, settings):
    rope["factor"] = draw.real(1, 8)


def dynamic(draw, rope, turned, settings):
    """The base grows with the run once it is longer than max_position_embeddings."""
    original = crosses(draw, draw.one(6, 10, PROMPT, 40))
    settings["max_position_embeddings"] = draw.original = original
    rope["factor"] = draw.real(max(1, 26 / original), 8)  # so that the context it promises holds the run


def yarn(draw, rope, turned, settings):
    rope["factor"] = draw.real(1.5, 8)
    rope["original_max_position_embeddings"] = crosses(draw, draw.one(8, 12, 32, 200))
    settings["max_position_embeddings"] = 64
    if draw.chance(0.3):
        rope["attention_factor"] = draw.real(0.5, 2)
    elif draw.chance(0.3):
        rope.update(mscale=draw.real(0.5, 1.5), mscale_all_dim=draw.real(0.5, 1.5))
    if draw.chance(0.4):
        rope.update(beta_fast=draw.one(16, 32, 4.5), beta_slow=draw.one(1, 2, 0.5))
    if draw.chance(0.3):
        rope["truncate"] = False


def longrope(draw, rope, turned, settings):
    """One set of divisors up to the original context, another one for a run that is longer."""
    pairs = turned // 2
    rope["short_factor"] = [draw.real(1, 2) for _ in range(pairs)]
    rope["long_factor"] = [draw.real(1, 8) for _ in range(pairs)]
    original = crosses(draw, draw.one(6, 10, PROMPT, 30))
    rope["original_max_position_embeddings"] = original
    settings["max_position_embeddings"] = original * draw.one(1, 2, 5) if original > PROMPT else original * draw.one(3, 5)
    draw.original = original
    if draw.chance(0.4):
        rope["attention_factor"] = draw.real(0.5, 2)
    if draw.chance(0.4):
        rope["factor"] = draw.real(1, 8)


def llama3(draw, rope, turned, settings):
    low = draw.real(0.5, 2)
    rope.update(factor=draw.real(1, 10), low_freq_factor=low, high_freq_factor=round(low + draw.real(0.5, 4), 3),
                original_max_position_embeddings=crosses(draw, draw.one(8, 16, 50)))
    settings["max_position_embeddings"] = 64


def crosses(draw, original):
    draw.cover("run beyond the original context", original < PROMPT)
    return original


SCALINGS = {"linear": linear, "dynamic": dynamic, "yarn": yarn, "longrope": longrope, "llama3": llama3}
