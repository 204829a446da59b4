"""Trains a small tokenizer of each kind and writes it the two ways that models come: tokenizer.json and GGUF."""
import collections
import io
import json

import gguf
import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

import nasty

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)
SPACE = "\u2581"


class Kind:
    """hf: tokenizers.Tokenizer; sp: the SentencePiece processor behind it, if there is one.

    user_defined: pieces that are taken out of every text; special: those, and those that steer the model.
    llama: whether llama.cpp can be a reference (it has no byte fallback for Unigram, and no BPE without bytes).
    """

    def __init__(self, name, hf, write_gguf, sp=None, proto=None, prefix=True, llama=True):
        self.name, self.hf, self.write_gguf, self.sp, self.llama = name, hf, write_gguf, sp, llama
        if sp:
            # Without a space in front of each part, SentencePiece finds its own pieces best.
            self.user_defined = [p.piece for p in proto.pieces if prefix and p.type == USER_DEFINED]
            self.special = self.user_defined + [p.piece for p in proto.pieces if p.type in (UNKNOWN, CONTROL)]


def write_metadata(path, model, tokens, types, pre="default", **keys):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model(model)
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    for key, value in keys.items():
        getattr(writer, "add_" + key)(value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def byte_level():
    """Byte-level BPE as GPT-2 has it, with a BOS, chat tokens and an added token that is not special."""
    hf = Tokenizer(models.BPE())
    hf.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    hf.decoder = decoders.ByteLevel()
    hf.train_from_iterator(nasty.corpus(), trainers.BpeTrainer(
        vocab_size=600, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False))
    hf.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    hf.add_tokens([AddedToken("<tool>", normalized=False), AddedToken("    ", normalized=False)])
    bos = hf.token_to_id("<|endoftext|>")
    hf.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), processors.TemplateProcessing(
        single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", bos)])])
    tokens = [hf.id_to_token(i) for i in range(hf.get_vocab_size())]
    types = [NORMAL] * (len(tokens) - 5) + [CONTROL] * 3 + [USER_DEFINED] * 2
    merges = [" ".join(pair) for pair in json.loads(hf.to_str())["model"]["merges"]]

    def write(path, pre="gpt-2"):
        write_metadata(path, "gpt2", tokens, types, pre, token_merges=merges, bos_token_id=bos, eos_token_id=bos,
                add_bos_token=True)

    return Kind("bytelevel", hf, write)


def _word_pieces(hf):
    """Characters, and the parts of words that are seen most. The library's trainer gives other ids at each run."""
    counts = collections.Counter()
    for line in nasty.corpus():
        for word, _ in hf.pre_tokenizer.pre_tokenize_str(hf.normalizer.normalize_str(line)):
            for start in range(len(word)):
                for end in range(start + 1, min(len(word), start + 6) + 1):
                    counts[("##" if start else "") + word[start:end]] += end - start
    characters = [p for p in counts if len(p.removeprefix("##")) == 1 and (p == "#" or counts[p] > 3)]
    parts = sorted((p for p in counts if len(p.removeprefix("##")) > 1), key=lambda p: (-counts[p], p))
    return sorted(characters) + parts[:300]


def word_piece(lowercase):
    """BERT's WordPiece; in GGUF, words begin with U+2581 and the parts inside of words have lost their ##."""
    hf = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    hf.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    hf.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    hf.decoder = decoders.WordPiece()
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    hf.model = models.WordPiece({t: i for i, t in enumerate(names + _word_pieces(hf))}, unk_token="[UNK]")
    hf.add_special_tokens(names)
    hf.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokens = [hf.id_to_token(i) for i in range(hf.get_vocab_size())]
    types = [CONTROL] * 5 + [NORMAL] * (len(tokens) - 5)
    phantom = [t if k == CONTROL else t[2:] if t.startswith("##") else SPACE + t for t, k in zip(tokens, types)]

    def write(path):
        write_metadata(path, "bert", phantom, types, bos_token_id=2, unk_token_id=1, sep_token_id=3, pad_token_id=0,
                mask_token_id=4)

    return Kind("wordpiece" if lowercase else "wordpiece-cased", hf, write)


def _train(**options):
    model = io.BytesIO()
    spm.SentencePieceTrainer.train(sentence_iterator=iter(nasty.corpus()), model_writer=model, num_threads=1,
                                   minloglevel=2, hard_vocab_limit=False, unk_surface="<unk>", **options)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return spm.SentencePieceProcessor(model_proto=model.getvalue()), proto


def _pieces(proto):
    """Tokens, scores and types as llama.cpp's converter writes them: spaces of user-defined pieces as spaces."""
    tokens = [p.piece.replace(SPACE, " ") if p.type == USER_DEFINED else p.piece for p in proto.pieces]
    scores = [-1000.0 if p.type == USER_DEFINED else p.score for p in proto.pieces]
    return tokens, scores, [p.type for p in proto.pieces]


def _merges(proto):
    """The merge list that gives a score-driven BPE: all splits into two known pieces, best merged piece first."""
    ids = {p.piece: i for i, p in enumerate(proto.pieces) if p.type in (NORMAL, USER_DEFINED)}
    pairs = []
    for piece, i in ids.items():
        splits = [(piece[:k], piece[k:]) for k in range(1, len(piece)) if piece[:k] in ids and piece[k:] in ids]
        pairs += [(-proto.pieces[i].score, ids[a], ids[b], a, b) for a, b in splits]
    return [(a, b) for *_, a, b in sorted(pairs)]


def _added(hf, proto):
    hf.add_special_tokens([AddedToken(p.piece, normalized=False) for p in proto.pieces if p.type in (UNKNOWN, CONTROL)])
    hf.add_tokens([AddedToken(p.piece, normalized=False) for p in proto.pieces if p.type == USER_DEFINED])


def _bpe_json(proto, prefix):
    vocab = {p.piece: i for i, p in enumerate(proto.pieces)}
    hf = Tokenizer(models.BPE(vocab, _merges(proto), unk_token="<unk>", fuse_unk=True,
                              byte_fallback=proto.trainer_spec.byte_fallback))
    spaces = [normalizers.Replace(" ", SPACE)]
    hf.normalizer = normalizers.Sequence([normalizers.Prepend(SPACE)] + spaces if prefix else spaces)
    tail = [decoders.ByteFallback(), decoders.Fuse()] + ([decoders.Strip(" ", 1, 0)] if prefix else [])
    hf.decoder = decoders.Sequence([decoders.Replace(SPACE, " ")] + tail)
    _added(hf, proto)
    hf.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", hf.token_to_id("<s>"))])
    return hf


def spm_bpe(name, prefix, byte_fallback, user_defined=()):
    sp, proto = _train(model_type="bpe", vocab_size=800, byte_fallback=byte_fallback, add_dummy_prefix=prefix,
                       normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True,
                       allow_whitespace_only_pieces=True, character_coverage=0.999,
                       user_defined_symbols=list(user_defined))
    tokens, scores, types = _pieces(proto)

    def write(path):
        write_metadata(path, "llama", tokens, types, token_scores=scores, bos_token_id=1, eos_token_id=2, unk_token_id=0,
                add_space_prefix=prefix)

    return Kind(name, _bpe_json(proto, prefix), write, sp, proto, prefix, llama=byte_fallback)


def unigram(name, byte_fallback, **options):
    """T5's kind: Unigram behind nmt_nfkc, spaces merged."""
    sp, proto = _train(model_type="unigram", vocab_size=600, byte_fallback=byte_fallback, character_coverage=0.999,
                       pad_id=0, eos_id=1, unk_id=2, bos_id=-1, **options)
    tokens, scores, types = _pieces(proto)
    spec = proto.normalizer_spec
    hf = Tokenizer(models.Unigram([(p.piece, p.score) for p in proto.pieces], unk_id=2, byte_fallback=byte_fallback))
    steps = [normalizers.Precompiled(spec.precompiled_charsmap)] if spec.precompiled_charsmap else []
    merge = [normalizers.Replace(Regex(" {2,}"), " ")] if spec.remove_extra_whitespaces else []
    hf.normalizer = normalizers.Sequence(steps + merge)
    hf.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tail = [decoders.ByteFallback()] if byte_fallback else []
    hf.decoder = decoders.Sequence(tail + [decoders.Metaspace(prepend_scheme="always")])
    _added(hf, proto)
    hf.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])

    def write(path):
        more = {"precompiled_charsmap": spec.precompiled_charsmap} if spec.precompiled_charsmap else {}
        write_metadata(path, "t5", tokens, types, token_scores=scores, eos_token_id=1, unk_token_id=2, pad_token_id=0,
                add_space_prefix=spec.add_dummy_prefix, remove_extra_whitespaces=spec.remove_extra_whitespaces, **more)

    return Kind(name, hf, write, sp, proto, llama=not byte_fallback)


def all_kinds():
    return [
        byte_level(),
        word_piece(lowercase=True),
        word_piece(lowercase=False),
        spm_bpe("spm-llama", prefix=True, byte_fallback=True),
        spm_bpe("spm-gemma", prefix=False, byte_fallback=True,
                user_defined=["<start_of_turn>", "<unused0>", "\n\n", SPACE * 2, SPACE * 3, SPACE * 4, "<tool>"]),
        spm_bpe("spm-no-bytes", prefix=True, byte_fallback=False),
        unigram("unigram", byte_fallback=False, normalization_rule_name="nmt_nfkc",
                control_symbols=["<extra_id_0>", "<mask>"]),
        unigram("unigram-bytes", byte_fallback=True, normalization_rule_name="identity",
                remove_extra_whitespaces=False, user_defined_symbols=["<tool>"]),
    ]
