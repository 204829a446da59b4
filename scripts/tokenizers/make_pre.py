"""Writes pre.json.gz: how short strings are cut under each name of `tokenizer.ggml.pre`.

    python make_pre.py ../../model/src/test/resources/cutaway/model/tokenizer/kinds

The vocabulary has every pair of a few characters, each of another class, so that two tokens where one would do show a
cut. NAMES are all that Cutaway reads. The reference is llama.cpp; for tekken, gpt-4o and llama4, whose expressions it
approximates, it is tokenizers with the expression that transformers gives for GGUF files.
"""
import pathlib
import random
import sys
import tempfile

from tokenizers import Regex, Tokenizer, models, pre_tokenizers
from transformers.convert_slow_tokenizer import bytes_to_unicode
from transformers.integrations.gguf.gguf_tokenizer_mapping import GGUF_PRE_TOKENIZER_SPLITS

import kinds
import llamacpp
import make_cases

CHARACTERS = list("abSTsé1٣½ \n\r\t'!.$^/`") + ["東", "の", "한", "ा", "🙂", "\u00a0", "ǅ", "ʰ", "Ω"]
NAMES = ["default", "gpt-2", "phi-2", "jais", "roberta-bpe", "olmo", "mpt", "smollm", "starcoder", "refact", "codeshell",
         "command-r", "falcon", "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "lfm2", "dbrx",
         "smaug-bpe", "glm4", "chatglm-bpe", "qwen2", "deepseek-r1-qwen", "qwen35", "tekken", "gpt-4o", "llama4",
         "deepseek-llm", "deepseek-coder", "deepseek-v3"]
APPROXIMATED = {"tekken", "gpt-4o", "llama4"}


def vocabulary():
    """Bytes, then the characters of several bytes, then pairs; merges in that order."""
    shown = bytes_to_unicode()
    spelled = ["".join(shown[b] for b in c.encode()) for c in CHARACTERS]
    tokens = dict.fromkeys(shown.values())
    merges = []
    for word in spelled:
        for k in range(1, len(word)):
            merges.append((word[:k], word[k]))
    merges = list(dict.fromkeys(merges)) + [(a, b) for a in spelled for b in spelled]
    tokens.update(dict.fromkeys(a + b for a, b in merges))
    return list(tokens), [" ".join(pair) for pair in merges]


def strings():
    rng = random.Random(22)
    found = {"".join(rng.choices(CHARACTERS, k=rng.randrange(2, 7))) for _ in range(300)}
    found |= {"a's", "a'S", "S'T", "a'll b", "123456", "a1 2\n\n b", "  a", "a  ", "\n \n", "ab/\n", "$a", "..a", "ST ab", "aSTa"}
    return sorted(found)


def hugging_face(name, tokens, merges):
    pairs = [tuple(merge.split(" ")) for merge in merges]
    hf = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, pairs, ignore_merges=name == "tekken"))
    hf.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(GGUF_PRE_TOKENIZER_SPLITS[name]), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    return lambda text: hf.encode(text).ids


def main(out):
    tokens, merges = vocabulary()
    texts = strings()
    cases = {"tokens": tokens, "merges": merges, "strings": texts, "ids": {}}
    with tempfile.TemporaryDirectory() as room:
        for name in NAMES:
            path = pathlib.Path(room) / f"{name}.gguf"
            kinds.write_metadata(path, "gpt2", tokens + ["<s>"], [kinds.NORMAL] * len(tokens) + [kinds.CONTROL], name,
                                 token_merges=merges, bos_token_id=len(tokens), eos_token_id=len(tokens))
            llama = llamacpp.LlamaCpp(path)
            encode = hugging_face(name, tokens, merges) if name in APPROXIMATED else lambda text: llama.encode(text, False)
            cases["ids"][name] = [encode(text) for text in texts]
            if name in GGUF_PRE_TOKENIZER_SPLITS:
                other = hugging_face(name, tokens, merges)
                same = sum(llama.encode(text, False) == other(text) for text in texts)
                print(name, "transformers and llama.cpp agree on", same, "of", len(texts))
    make_cases.write_json(out / "pre.json.gz", cases)
    print(len(tokens), "tokens,", len(texts), "strings,", (out / "pre.json.gz").stat().st_size, "bytes")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
