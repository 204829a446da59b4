"""Writes model/src/test/resources/golden/minilm: sentences, their ids and what ONNX Runtime computes from the ONNX file of MiniLM
(not from what scripts/minilm makes of it).

    pip install onnxruntime==1.32.0 tokenizers==0.23.3 safetensors==0.8.0 numpy==2.4.6
    python make_minilm.py all-minilm-l6-v2.onnx all-minilm-l6-v2-tokenizer.json FOLDER
"""
import json
import pathlib
import sys

import numpy
import onnxruntime
import tokenizers
from safetensors.numpy import save_file

SENTENCES = [
    "The whale surfaced beside the boat.",
    "A huge marine mammal came up next to the ship.",
    "Interest rates rose by half a percent in März, tokenizers notwithstanding!",
]

session = onnxruntime.InferenceSession(sys.argv[1])
tokenizer = tokenizers.Tokenizer.from_file(sys.argv[2])
tokenizer.no_padding()
tokenizer.no_truncation()
folder = pathlib.Path(sys.argv[3])
folder.mkdir(parents=True, exist_ok=True)
values = {}
for i, sentence in enumerate(SENTENCES):
    ids = numpy.array([tokenizer.encode(sentence).ids], dtype=numpy.int64)
    inputs = {"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)}
    hidden = session.run(["last_hidden_state"], inputs)[0][0]
    mean = hidden.mean(0)
    values[f"{i}.ids"] = ids[0]
    values[f"{i}.hidden"] = hidden
    values[f"{i}.embedding"] = mean / numpy.linalg.norm(mean)
save_file(values, folder / "golden.safetensors")
(folder / "sentences.json").write_text(json.dumps(SENTENCES, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
