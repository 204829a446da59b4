"""Stands in for NVIDIA's libraries so that PyPI's torch for Linux runs on the CPU without 4 GB of them.

PyPI's torch for Linux on x86-64 is linked to CUDA, cuDNN and others, which the loader wants to see even where no GPU is. None of their
code runs on a CPU: every function asked of them is written here as one that answers 100, cudaErrorNoDevice, but for those that would be
asked all the same. The CPU code of torch stays as it was published. It also takes less memory and starts sooner that way, so the rival
is measured at its best.
"""

import re
import struct
import sys
from pathlib import Path

NO_DEVICE = b"\xf3\x0f\x1e\xfa\xb8\x64\x00\x00\x00\xc3"  # endbr64; mov eax, 100; ret
TEXT = b"\xf3\x0f\x1e\xfa\x48\x8d\x05\x01\x00\x00\x00\xc3no GPU here\0"  # endbr64; lea rax, [rip + 1]; ret; the text
NOT_CAPTURING = b"\xf3\x0f\x1e\xfa\xc7\x06\x00\x00\x00\x00\x31\xc0\xc3"  # endbr64; mov dword [rsi], 0; xor eax, eax; ret
OTHERWISE = {"cudaStreamIsCapturing": NOT_CAPTURING, "cudaStreamGetCaptureInfo_v2": NOT_CAPTURING, "cudaGetErrorString": TEXT,
             "cudaGetErrorName": TEXT, "cudnnGetErrorString": TEXT, "cublasGetStatusString": TEXT, "ncclGetErrorString": TEXT,
             "ncclGetLastError": TEXT, "cusparseGetErrorString": TEXT}
VENDOR = re.compile(r"lib(cu|nccl|nv)")
FUNCTION = re.compile(r"(__)?cu[A-Za-z]|p?nccl|nvshmem")
PAGE = 4096


class Elf:
    """The dynamic symbols of a 64-bit little-endian shared object, read without loading it."""

    def __init__(self, path):
        with open(path, "rb") as file:
            header = file.read(64)
            if header[:6] != b"\x7fELF\x02\x01":
                raise ValueError(f"{path}: not a 64-bit little-endian ELF file")
            table, = struct.unpack_from("<Q", header, 0x28)
            size, count = struct.unpack_from("<HH", header, 0x3A)
            file.seek(table)
            raw = file.read(size * count)
            self.sections = [struct.unpack_from("<IIQQQQIIQQ", raw, i * size) for i in range(count)]
            self.file = file
            symbols, self.index = self.section(11)
            strings = self.strings(self.index)
            dynamic, where = self.section(6)
            names = self.strings(where)
            self.needed = [text(names, value) for tag, value in struct.iter_unpack("<QQ", dynamic) if tag == 1]
            versions = self.versions()
            each = struct.unpack(f"<{len(symbols) // 24}H", self.section(0x6FFFFFFF)[0])
            self.defined, self.undefined = set(), []
            for (name, _, _, shndx, _, _), version in zip(struct.iter_unpack("<IBBHQQ", symbols), each):
                if shndx:
                    self.defined.add(text(strings, name))
                else:
                    self.undefined.append((text(strings, name), *versions.get(version & 0x7FFF, (None, None))))
            del self.file

    def section(self, kind):
        for i, s in enumerate(self.sections):
            if s[1] == kind:
                self.file.seek(s[4])
                return self.file.read(s[5]), i
        return b"", None

    def strings(self, i):
        s = self.sections[self.sections[i][6]]
        self.file.seek(s[4])
        return self.file.read(s[5])

    def versions(self):
        """Version index -> (library, version) of the versions this file needs."""
        data, i = self.section(0x6FFFFFFE)
        found = {}
        if i is None:
            return found
        names, at = self.strings(i), 0
        while True:
            _, count, library, first, after = struct.unpack_from("<HHIII", data, at)
            entry = at + first
            for _ in range(count):
                _, _, other, name, step = struct.unpack_from("<IHHII", data, entry)
                found[other] = (text(names, library), text(names, name))
                entry += step
            if not after:
                return found
            at += after


def text(strings, at):
    return strings[at:strings.index(b"\0", at)].decode()


def elf_hash(name):
    h = 0
    for c in name.encode():
        h = (h << 4) + c
        high = h & 0xF0000000
        h = (h ^ (high >> 24)) & ~high & 0xFFFFFFFF
    return h


def shared_object(soname, version, functions):
    """A shared object of that name with those functions."""
    strings, offsets = bytearray(b"\0"), {}

    def add(s):
        if s not in offsets:
            offsets[s] = len(strings)
            strings.extend(s.encode() + b"\0")
        return offsets[s]

    add(soname)
    functions = sorted(functions)
    count, buckets = len(functions) + 1, max(1, len(functions) // 2)
    heads, chain = [0] * buckets, [0] * count
    for i, name in enumerate(functions, 1):
        bucket = elf_hash(name) % buckets
        chain[i], heads[bucket] = heads[bucket], i
    parts, at, place = [], 64 + 4 * 56, {}

    def put(key, data):
        nonlocal at
        gap = -at % 16
        parts.append(b"\0" * gap + data)
        at += gap
        place[key] = at
        at += len(data)

    for code in {NO_DEVICE, *(OTHERWISE[f] for f in functions if f in OTHERWISE)}:
        put(code, code)
    code = {f: OTHERWISE.get(f, NO_DEVICE) for f in functions}
    put("hash", struct.pack(f"<{2 + buckets + count}I", buckets, count, *heads, *chain))
    put("symbols", b"\0" * 24 + b"".join(struct.pack("<IBBHQQ", add(f), 0x12, 0, 1, place[c], len(c)) for f, c in code.items()))
    if version:
        put("each", struct.pack(f"<{count}H", 0, *[2] * len(functions)))
        put("versions", b"".join(
            struct.pack("<HHHHIIIII", 1, flags, i, 1, elf_hash(name), 20, following, add(name), 0)
            for i, name, flags, following in ((1, soname, 1, 28), (2, version, 0, 0))))
    put("strings", bytes(strings))
    readable = at
    tags = [(14, offsets[soname]), (4, place["hash"]), (5, place["strings"]), (6, place["symbols"]), (10, len(strings)), (11, 24)]
    if version:
        tags += [(0x6FFFFFF0, place["each"]), (0x6FFFFFFC, place["versions"]), (0x6FFFFFFD, 2)]
    at += -at % PAGE
    dynamic = b"".join(struct.pack("<QQ", *t) for t in [*tags, (0, 0)])
    segments = [(1, 5, 0, readable, PAGE), (1, 6, at, len(dynamic), PAGE), (2, 6, at, len(dynamic), 8), (0x6474E551, 6, 0, 0, 16)]
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 4, 64, 0, 0)
    program = b"".join(struct.pack("<IIQQQQQQ", kind, flags, o, o, o, n, n, align) for kind, flags, o, n, align in segments)
    return (header + program + b"".join(parts)).ljust(at, b"\0") + dynamic


def write_stubs(folder):
    """Writes a stand-in into torch's folder of libraries for each NVIDIA library wanted at start; returns their names."""
    folder = Path(folder)
    started = [p for p in sorted(folder.glob("lib*.so")) if p.name not in ("libcaffe2_nvrtc.so", "libtorch_cuda_linalg.so")]
    files = [Elf(p) for p in started]
    defined = set().union(*(f.defined for f in files))
    wanted = {n: [None, set()] for f in files for n in f.needed if VENDOR.match(n)}
    if not wanted:
        return []
    for file in files:
        for name, library, version in file.undefined:
            if library in wanted:
                wanted[library][0] = version
                wanted[library][1].add(name)
            elif library is None and name not in defined and FUNCTION.match(name):
                unversioned = next(n for n in wanted if n.startswith("libnccl"))
                wanted[unversioned][1].add(name)
    for name, (version, functions) in wanted.items():
        (folder / name).write_bytes(shared_object(name, version, functions))
    return sorted(wanted)


if __name__ == "__main__":
    print("\n".join(write_stubs(sys.argv[1])))
