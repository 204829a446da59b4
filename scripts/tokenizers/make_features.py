"""Writes features.json.gz: what tokenizers does with each part of a tokenizer.json.

    python make_features.py ../../model/src/test/resources/cutaway/model/tokenizer/kinds

For each tokenizer: its JSON, and for each text the ids, the spans in UTF-16 units, the ids when special tokens are read
as text, and what is decoded with and without special tokens; and what the post-processor puts around a text.
"""
import json
import pathlib
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

import make_cases
import nasty

TEXTS = ["", " ", "the cat", " the cat ", "  The  Cat\n", "a<x>b", "a <x> b", "a  <x>\t b", "<x><x>", "<X>", " <x>", "<x> ", "x<y>y",
         "<y>", " <y> ", "é<y>é", "1<y>", "_<y>", "ab <y>.", "<z>", "<Z> <z>", "A<Z>B", "HELLO", "hello", "Ｈｅｌｌｏ <x>", "ﬁne <z>",
         "e\u0301\u0301 🙂 <x>🙂", "\u00a0the\u3000cat", "Straße İstanbul ΑΣ", "<s> the</s>", "<s>", "a</s>b", "<unk>", "zq☃",
         "playing don't 123", "▁the ▁", "\0\t\r\n", "the" * 30]


def byte_level(**options):
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(**options)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(nasty.corpus()[:400], trainers.BpeTrainer(
        vocab_size=330, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False))
    t.add_special_tokens(["<s>", "</s>"])
    return t


def unigram(scheme, normalizer):
    pieces = [("<unk>", 0.0)] + [(p, -3.0 - i / 7) for i, p in enumerate(
        ["▁", "▁the", "the", "▁cat", "a", "b", "e", "h", "l", "o", "c", "t", "hel", "▁h", "▁a", "x", "y", "é", "<", ">", "z"])]
    t = Tokenizer(models.Unigram(pieces, unk_id=0))
    t.normalizer = normalizer
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=scheme != "first")
    t.decoder = decoders.Metaspace(prepend_scheme=scheme)
    t.add_special_tokens(["<s>", "</s>"])
    return t


def words(normalizer, pre):
    names = ["<unk>", "the", "cat", "hello", "a", "b", "x", "y", "z", "<", ">", "fine", "é", "e", ".", "1", "_"]
    t = Tokenizer(models.WordLevel({w: i for i, w in enumerate(names)}, unk_token="<unk>"))
    t.normalizer, t.pre_tokenizer = normalizer, pre
    t.add_special_tokens(["<s>", "</s>"])
    return t


def flags(special):
    t = words(normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()]), pre_tokenizers.Whitespace())
    add = t.add_special_tokens if special else t.add_tokens
    add([AddedToken("<x>", lstrip=True, rstrip=True, normalized=False),
         AddedToken("<y>", single_word=True, normalized=False), AddedToken("<z>", normalized=True)])
    return t


def around(t, processor):
    t.post_processor = processor
    return t


def tokenizers():
    s, end = ("<s>", 330), ("</s>", 331)
    template = processors.TemplateProcessing(single="<s> <s> $A </s>", pair="$A $B", special_tokens=[s, end])
    left = words(normalizers.Strip(), pre_tokenizers.WhitespaceSplit())
    left.add_special_tokens([AddedToken("<x>", lstrip=True), AddedToken("<y>", rstrip=True)])
    cut = byte_level(add_prefix_space=False)
    cut.enable_truncation(5)
    cut.enable_padding(length=50)
    yield "prefix space", byte_level(add_prefix_space=True)
    yield "no prefix space, trimmed", around(byte_level(add_prefix_space=False, trim_offsets=True),
                                             processors.ByteLevel(trim_offsets=True))
    yield "roberta", around(byte_level(add_prefix_space=True), processors.RobertaProcessing(end, s, add_prefix_space=True))
    yield "bert", around(byte_level(add_prefix_space=False), processors.BertProcessing(end, s))
    yield "template", around(byte_level(add_prefix_space=False), template)
    yield "sequence", around(byte_level(add_prefix_space=False), processors.Sequence([processors.ByteLevel(), template]))
    yield "truncated and padded", cut
    yield "flags", flags(special=False)
    yield "special flags", flags(special=True)
    yield "strips one side", left
    yield "metaspace always", unigram("always", None)
    yield "metaspace first", unigram("first", normalizers.NFKD())
    yield "metaspace never", unigram("never", normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()]))
    yield "replace", unigram("never", normalizers.Sequence([
        normalizers.Prepend("▁"), normalizers.Replace(" ", "▁"), normalizers.Replace(Regex("l+"), "L")]))
    yield "bert normalizer", words(normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer())


def case(plain, literal, text):
    ids, spans = make_cases.hf_case(plain, text)
    return [ids, spans, literal.encode(text).ids, plain.decode(ids, skip_special_tokens=False), plain.decode(ids)]


def main(out):
    found = []
    for name, t in tokenizers():
        full = json.loads(t.to_str())
        bare = {**full, "post_processor": None, "truncation": None, "padding": None}
        plain, literal = (Tokenizer.from_str(json.dumps(bare)) for _ in range(2))
        literal.encode_special_tokens = True
        t.no_truncation()
        t.no_padding()
        ids, inner = t.encode("the").ids, plain.encode("the").ids
        at = next(i for i in range(len(ids)) if ids[i:i + len(inner)] == inner)
        found.append({"name": name, "tokenizer": full, "before": ids[:at], "after": ids[at + len(inner):],
                      "cases": [case(plain, literal, text) for text in TEXTS]})
    make_cases.write_json(out / "features.json.gz", {"texts": TEXTS, "tokenizers": found})


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
