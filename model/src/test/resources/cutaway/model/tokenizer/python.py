# Wrote wordpiece/, bytes/ and cases.json with tokenizers 0.23.3: python python.py .
import json, pathlib, sys
from tokenizers import Tokenizer, AddedToken, models, pre_tokenizers, decoders, normalizers, processors, trainers
out = pathlib.Path(sys.argv[1])
words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "the", "play", "##ing", "##s", ".", "cafe", "world"]
t = Tokenizer(models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
t.normalizer = normalizers.BertNormalizer(lowercase=True)
t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
t.decoder = decoders.WordPiece()
t.add_special_tokens(words[:4])
t.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]",
                                                 special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
t.enable_truncation(4); t.enable_padding(length=16)
t.save(str(out / "wordpiece/tokenizer.json"))
b = Tokenizer(models.BPE())
b.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
b.decoder = decoders.ByteLevel()
b.train_from_iterator(["the cat sat on the mat, the end"] * 3, trainers.BpeTrainer(vocab_size=290,
                      initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
b.add_special_tokens(["<s>", "</s>", "<|eot_id|>"]); b.add_tokens(["    "])
b.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), processors.TemplateProcessing(
    single="<s> $A", special_tokens=[("<s>", b.token_to_id("<s>"))])])
b.save(str(out / "bytes/tokenizer.json"))
(out / "bytes/tokenizer_config.json").write_text(json.dumps({"bos_token": {"content": "<s>"}, "eos_token": "</s>",
                                                             "chat_template": "{{ messages }}"}))
t.no_truncation(); t.no_padding()
texts = ["the cat sat", "Playing the world.", "caf\u00e9 a playings", "</s>    the\u6771\U0001f642", ""]
cases = [{"folder": f, "text": x, "ids": k.encode(x, add_special_tokens=False).ids,
          "decoded": k.decode(k.encode(x, add_special_tokens=False).ids, skip_special_tokens=False)}
         for f, k in (("wordpiece", t), ("bytes", b)) for x in texts]
(out / "cases.json").write_text(json.dumps(cases, indent=1))
