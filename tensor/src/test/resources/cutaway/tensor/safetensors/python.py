# Wrote python.safetensors with safetensors 0.8.0 and numpy 2.4.6: python python.py python.safetensors
import numpy as np, sys
from safetensors import TensorSpec, serialize_file
a = lambda v, t: np.array(v, dtype=t)
t = {
 "double": ("float64", a([0.1, -2.0], "<f8")),
 "single": ("float32", (np.arange(6, dtype="<f4") / 2).reshape(2, 3)),
 "half": ("float16", a([-2.0, 1.0, 0.1], "<f2")),
 "brain": ("bfloat16", a([0x3F80, 0xC000], "<u2")),
 "long": ("int64", a([-7], "<i8")),
 "int": ("int32", a([1, -1], "<i4")),
 "short": ("int16", a([300], "<i2")),
 "byte": ("int8", a([-5, 5], "<i1")),
 "ubyte": ("uint8", a([250], "<u1")),
 "flag": ("bool", a([1, 0], "<u1")),
 "scalar": ("float32", a(1.5, "<f4")),
 "empty": ("float32", np.zeros((0, 4), "<f4")),
}
serialize_file({k: TensorSpec(dtype=d, shape=list(v.shape), data_ptr=v.ctypes.data, data_len=v.nbytes) for k, (d, v) in t.items()},
               sys.argv[1], metadata={"note": "été"})
