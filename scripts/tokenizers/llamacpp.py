"""llama.cpp's own tokenizer, through the C functions that the xllamacpp package carries."""
import ctypes
import importlib.util
import pathlib


class _ModelParams(ctypes.Structure):
    # Larger than llama_model_params of any version; passed by value on the stack, the rest is ignored.
    _fields_ = [("bytes", ctypes.c_uint8 * 128)]


VOCAB_ONLY = 72  # offset in llama_model_params, behind two pointers, five ints, padding and four pointers


def _library():
    folder = pathlib.Path(importlib.util.find_spec("xllamacpp").submodule_search_locations[0])
    lib = ctypes.CDLL(str(next(folder.glob("xllamacpp*.so"))))
    lib.llama_model_default_params.restype = _ModelParams
    lib.llama_model_load_from_file.argtypes = [ctypes.c_char_p, _ModelParams]
    lib.llama_model_load_from_file.restype = ctypes.c_void_p
    lib.llama_model_get_vocab.argtypes = [ctypes.c_void_p]
    lib.llama_model_get_vocab.restype = ctypes.c_void_p
    lib.llama_tokenize.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32,
                                   ctypes.POINTER(ctypes.c_int32), ctypes.c_int32, ctypes.c_bool, ctypes.c_bool]
    lib.llama_detokenize.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int32), ctypes.c_int32,
                                     ctypes.c_char_p, ctypes.c_int32, ctypes.c_bool, ctypes.c_bool]
    log = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
    lib.quiet = log(lambda level, text, data: None)
    lib.llama_log_set(lib.quiet, None)
    lib.llama_backend_init()
    return lib


class LlamaCpp:
    lib = None

    def __init__(self, gguf):
        LlamaCpp.lib = LlamaCpp.lib or _library()
        params = self.lib.llama_model_default_params()
        assert bytes(params.bytes[VOCAB_ONLY:VOCAB_ONLY + 6]) == b"\0\0\1\0\0\0", "llama_model_params has changed"
        params.bytes[VOCAB_ONLY] = 1
        model = self.lib.llama_model_load_from_file(str(gguf).encode(), params)
        assert model, f"llama.cpp does not open {gguf}"
        self.vocab = self.lib.llama_model_get_vocab(model)

    def encode(self, text, parse_special, add_special=False):
        data = text.encode()
        room = (ctypes.c_int32 * (len(data) + 16))()
        n = self.lib.llama_tokenize(self.vocab, data, len(data), room, len(room), add_special, parse_special)
        assert n >= 0, n
        return list(room[:n])

    def decode(self, ids):
        given = (ctypes.c_int32 * max(1, len(ids)))(*ids)
        room = ctypes.create_string_buffer(64 * len(ids) + 64)
        n = self.lib.llama_detokenize(self.vocab, given, len(ids), room, len(room), False, True)
        assert n >= 0, n
        return room.raw[:n].decode(errors="replace")
