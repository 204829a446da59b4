"""Writes what the gguf package makes of numbers and settings, for the tests of this package.

    pip install gguf==0.19.0 numpy==2.4.6 safetensors==0.8.0
    python blocks.py

mxfp4-blocks.safetensors  MXFP4 blocks and the floats that they stand for: random codes with every exponent byte but 255,
                          which means infinity or no number depending on whom one asks
packed.safetensors        `x` float32 [13, 96] and, for each TYPE that Cutaway packs, `TYPE.bytes`
written.gguf              a file with a value of every type, aligned to 64 bytes
"""
import pathlib

import numpy as np
from gguf import GGMLQuantizationType as Type, GGUFValueType, GGUFWriter, quants
from safetensors.numpy import save_file

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(4)

raw = rng.integers(0, 256, (255, 17), dtype=np.uint8)
raw[:, 0] = np.arange(255)
raw = raw.reshape(5, -1)
save_file({"MXFP4.bytes": raw, "MXFP4.values": quants.dequantize(raw, Type.MXFP4)}, here / "mxfp4-blocks.safetensors")

x = rng.standard_normal((13, 96)).astype(np.float32)
x[1] = 0
x[2] = 1.5                                      # no spread
x[3] = -np.abs(x[3])                            # one sign
x[4] *= 1e-9                                    # below the smallest float16
x[5] *= 30_000                                  # near the largest
x[6] = np.round(x[6] * 4) / 4                   # ties between the largest of a block, and between codes
x[7] = np.arange(96) - 48
x[8, ::3] = 0
x[9, 1:] *= 1e-3                                # one outlier
x[10] = np.arange(96) % 32 / 2 * np.where(np.arange(96) % 2, 1, -1)
save_file({"x": x} | {f"{t.name}.bytes": quants.quantize(x, t).view(np.uint8).reshape(13, -1)
                      for t in [Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1]}, here / "packed.safetensors")

writer = GGUFWriter(here / "written.gguf", "llama")
writer.add_custom_alignment(64)
writer.add_uint8("u8", 250)
writer.add_int8("i8", -3)
writer.add_uint16("u16", 65_000)
writer.add_int16("i16", -300)
writer.add_int32("i32", -70_000)
writer.add_uint64("u64", 1 << 40)
writer.add_int64("i64", -(1 << 40))
writer.add_float32("f32", 0.1)
writer.add_float64("f64", 0.1)
writer.add_bool("flag", True)
writer.add_string("text", "Zürich 東京")
writer.add_array("texts", ["a", "", "東京"])
writer.add_key_value("i32s", [1, -3], GGUFValueType.ARRAY, sub_type=GGUFValueType.INT32)
writer.add_key_value("f32s", [0.5, 0.1], GGUFValueType.ARRAY, sub_type=GGUFValueType.FLOAT32)
writer.add_key_value("flags", [True, False], GGUFValueType.ARRAY, sub_type=GGUFValueType.BOOL)
writer.add_tensor("token_embd.weight", x[:3, :5].copy())
writer.add_tensor("output_norm.weight", x[0, :7].copy())
writer.add_tensor("output.weight", quants.quantize(x[:2], Type.Q8_0), raw_dtype=Type.Q8_0)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
