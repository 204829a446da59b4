"""Writes mxfp4-blocks.safetensors: MXFP4 blocks and the floats that they stand for, by the gguf package.

    pip install gguf==0.19.0 numpy==2.4.6 safetensors==0.8.0
    python blocks.py

Random codes with every exponent byte but 255, which means infinity or no number depending on whom one asks.
"""
import pathlib

import numpy as np
from gguf import GGMLQuantizationType, quants
from safetensors.numpy import save_file

rng = np.random.default_rng(4)
raw = rng.integers(0, 256, (255, 17), dtype=np.uint8)
raw[:, 0] = np.arange(255)
values = quants.dequantize(raw.reshape(5, -1), GGMLQuantizationType.MXFP4)
save_file({"MXFP4.bytes": raw.reshape(5, -1), "MXFP4.values": values},
          pathlib.Path(__file__).parent / "mxfp4-blocks.safetensors")
