"""Writes the tokenizers and the expected ids that KindsTest reads.

    pip install -r requirements.txt
    python make_cases.py ../../model/src/test/resources/cutaway/model/tokenizer/kinds

For each kind: tokenizer.json, a GGUF file with nothing but the tokenizer, and the ids, spans and decoded texts of
1,000 strings. References: tokenizers for tokenizer.json, byte-level BPE and WordPiece; SentencePiece for GGUF files of
its kinds, with llama.cpp's rule that a space goes before each part between special tokens. llama.cpp itself is run on
every GGUF file, and how often it agrees is written into agreement.json.
"""
import gzip
import json
import pathlib
import re
import sys
import tempfile

import kinds
import llamacpp
import nasty


def units(text, size):
    """The UTF-16 position for each position in a text whose characters have a size: 1 for code points, UTF-8 bytes."""
    found = {0: 0}
    given = utf16 = 0
    for c in text:
        given += size(c)
        utf16 += 2 if ord(c) > 0xFFFF else 1
        found[given] = utf16
    return found


def hf_case(hf, text):
    encoding = hf.encode(text, add_special_tokens=False)
    at = units(text, len)
    return encoding.ids, [at[i] for span in encoding.offsets for i in span]


def sp_part(sp, text):
    """Ids and spans. The bytes of a character share its span."""
    ids, spans = [], []
    at = units(text, lambda c: len(c.encode()))
    for piece in reversed(sp.encode(text, return_type="proto").pieces):
        spans.append(spans[-1] if sp.is_byte(piece.id) and not piece.surface else (at[piece.begin], at[piece.end]))
        ids.append(piece.id)
    return ids[::-1], spans[::-1]


def sp_case(sp, text, special):
    """Special tokens are taken out first; each part between them is one text to SentencePiece."""
    ids, spans, at = [], [], 0
    pattern = "(" + "|".join(map(re.escape, sorted(special, key=len, reverse=True))) + ")" if special else "(?!)"
    for part in re.split(pattern, text):
        size = len(part.encode("utf-16-le")) // 2
        found = ([sp.piece_to_id(part)], [(0, size)]) if part in special else sp_part(sp, part)
        ids += found[0]
        spans += [at + i for span in found[1] for i in span]
        at += size
    return ids, spans


def write(path, data):
    path.write_bytes(gzip.compress(data, 9, mtime=0))


def write_json(path, value):
    write(path, json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode())


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    strings = nasty.strings()
    write_json(out / "strings.json.gz", strings)
    agreement = {}
    for kind in kinds.all_kinds():
        folder = out / kind.name
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as room:
            gguf = pathlib.Path(room) / "t.gguf"
            kind.write_gguf(gguf)
            write(folder / "tokenizer.gguf.gz", gguf.read_bytes())
            llama = llamacpp.LlamaCpp(gguf)
        write(folder / "tokenizer.json.gz", kind.hf.to_str().encode())
        text_only = kind.hf.from_str(json.dumps({**json.loads(kind.hf.to_str()), "post_processor": None}))
        around = kind.hf.encode("a").ids, text_only.encode("a").ids
        at = next(i for i in range(len(around[0])) if around[0][i:i + len(around[1])] == around[1])
        cases = {"before": around[0][:at], "after": around[0][at + len(around[1]):]}
        cases["json"] = [[*hf_case(text_only, s), text_only.decode(text_only.encode(s).ids, skip_special_tokens=False)]
                         for s in strings]
        count = {}
        if kind.sp is None:
            cases["gguf"] = cases["json"]
        else:
            cases["gguf"] = []
            for s in strings:
                ids, spans = sp_case(kind.sp, s, kind.special)
                decoded = llama.decode(ids) if kind.llama else kind.sp.decode(ids) if ids == kind.sp.encode(s) else False
                cases["gguf"].append([ids, spans, decoded])
            cases["plain"] = [None if kind.sp.encode(s) == case[0] else sp_case(kind.sp, s, kind.user_defined)[0]
                              for s, case in zip(strings, cases["gguf"])]
        if kind.llama:
            count["llama.cpp agrees with the reference"] = sum(
                llama.encode(s, True) == case[0] for s, case in zip(strings, cases["gguf"]))
        count["tokenizer.json and GGUF agree"] = sum(a[0] == b[0] for a, b in zip(cases["json"], cases["gguf"]))
        for part in ("json", "gguf"):
            cases[part] = [[ids, spans, None if decoded == s else decoded]
                           for s, (ids, spans, decoded) in zip(strings, cases[part])]
        if kind.sp is None:
            del cases["gguf"]
        write_json(folder / "cases.json.gz", cases)
        agreement[kind.name] = count
        print(kind.name, kind.hf.get_vocab_size(), count)
    (out / "agreement.json").write_text(json.dumps(agreement, indent=1) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
