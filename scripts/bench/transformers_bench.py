"""What `rivals` runs in its environment, one process a measurement; see rivals --help for what it prints."""

import time

START = time.perf_counter()

import argparse
import json
import re
import statistics
import sys


def ms(seconds):
    return round(seconds * 1e3, 2)


def peak_mb():
    """The most this process has had resident, in MB."""
    try:
        with open("/proc/self/status") as file:
            return round(next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) * 1.024e-3, 1)
    except OSError:
        import resource
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1e-6 if sys.platform == "darwin" else 1.024e-3), 1)


def gpu_libraries_mb():
    """What is resident of the files that a torch without GPU support would not have."""
    try:
        with open("/proc/self/smaps") as file:
            total, counted = 0, False
            for line in file:
                if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
                    counted = re.search(r"/lib(torch_cuda|torch_nvshmem|c10_cuda|cu|nccl|nv)[^/]*$", line) is not None
                elif counted and line.startswith("Rss:"):
                    total += int(line.split()[1])
        return round(total * 1.024e-3, 1)
    except OSError:
        return None


def open_model(options):
    import torch
    from transformers import AutoModelForCausalLM
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.gguf:
        folder, name = options.gguf.rsplit("/", 1)
        return AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
    return AutoModelForCausalLM.from_pretrained(options.folder, dtype=torch.float32)


def open_tokenizer(options):
    from transformers import AutoTokenizer
    if options.gguf:
        folder, name = options.gguf.rsplit("/", 1)
        return AutoTokenizer.from_pretrained(folder, gguf_file=name)
    return AutoTokenizer.from_pretrained(options.folder)


def prompt(options):
    import torch
    return torch.tensor([[int(i) for i in options.ids.split(",")]])


def setup(options):
    import platform
    import torch
    import transformers
    config, parallel = torch.__config__.show(), torch.__config__.parallel_info()

    def found(pattern, text):
        match = re.search(pattern, text)
        return match.group(1).strip() if match else None

    return {"python": platform.python_version(), "torch": torch.__version__, "transformers": transformers.__version__,
            "blas": found(r"BLAS_INFO=(\w+)", config), "mkl": found(r"Math Kernel Library Version (\S+)", config),
            "onednn": found(r"MKL-DNN (v\S+)", config), "cpu": found(r"CPU capability usage: (\S+)", config),
            "openmp": found(r"OpenMP (\d+)", parallel), "threads": torch.get_num_threads()}


def export(options):
    import torch
    begin = time.perf_counter()
    model = open_model(options)
    loaded, peak = ms(time.perf_counter() - begin), peak_mb()
    wrong = [name for name, p in model.named_parameters() if p.dtype is not torch.float32]
    if wrong:
        raise SystemExit(f"not float32 after opening: {wrong[:3]}")
    model.hf_quantizer = None  # every weight is dequantised; a quantised model would not be saved
    model.config.__dict__.pop("quantization_config", None)
    model.save_pretrained(options.to)
    open_tokenizer(options).save_pretrained(options.to)
    return {"load_ms": loaded, "peak_mb": peak}


def forward(options):
    import torch
    from transformers import AutoModelForCausalLM  # noqa: F401: counted as start, not as load
    start_peak = peak_mb()
    begin = time.perf_counter()
    model, ids = open_model(options), prompt(options)
    load, load_peak = time.perf_counter() - begin, peak_mb()
    keep = {} if options.logits == "all" else {"logits_to_keep": 1}

    def run():
        begin = time.perf_counter()
        logits = model(ids, use_cache=False, **keep).logits
        return time.perf_counter() - begin, logits

    with torch.inference_mode():
        first, logits = run()
        first_peak = peak_mb()
        top = [[i, round(v, 4)] for v, i in zip(*(t.tolist() for t in logits[0, -1].topk(5)))]
        del logits
        for _ in range(options.warmup):
            run()
        times = [run()[0] for _ in range(options.repeat)]
    return {"tokens": ids.shape[1], "load_ms": ms(load), "first_ms": ms(first), "median_ms": ms(statistics.median(times)),
            "min_ms": ms(min(times)), "times_ms": [ms(t) for t in times], "start_peak_mb": start_peak, "load_peak_mb": load_peak,
            "first_peak_mb": first_peak, "peak_mb": peak_mb(), "gpu_libraries_mb": gpu_libraries_mb(), "top": top,
            "attention": model.config._attn_implementation, "threads": torch.get_num_threads()}


def decode(options):
    import torch
    model, ids = open_model(options), prompt(options)
    mask = torch.ones_like(ids)

    class Clock:
        """Told of the prompt's ids and then of each new one."""

        def __init__(self):
            self.times = []

        def put(self, value):
            self.times.append(time.perf_counter())

        def end(self):
            pass

    def generate():
        clock = Clock()
        out = model.generate(ids, attention_mask=mask, max_new_tokens=options.tokens, min_new_tokens=options.tokens, do_sample=False,
                             streamer=clock)
        return clock.times[-1] - clock.times[1], out[0, ids.shape[1]:].tolist()

    def loop():
        out = model(ids, use_cache=True, logits_to_keep=1)
        token = out.logits[:, -1].argmax(-1, keepdim=True)
        made = [token.item()]
        begin = time.perf_counter()
        for _ in range(options.tokens - 1):
            out = model(token, past_key_values=out.past_key_values, use_cache=True)
            token = out.logits[:, -1].argmax(-1, keepdim=True)
            made.append(token.item())
        return time.perf_counter() - begin, made

    steps, result, texts = options.tokens - 1, {}, {}
    with torch.inference_mode():
        for name, run in (("generate", generate), ("loop", loop)):
            run()
            times = []
            for _ in range(options.repeat):
                seconds, texts[name] = run()
                times.append(seconds)
            result[name] = {"tokens_per_second": round(steps / min(times), 2), "median": round(steps / statistics.median(times), 2),
                            "times_ms": [ms(t) for t in times]}
    best = max(result, key=lambda name: result[name]["tokens_per_second"])
    speed = result[best]["tokens_per_second"]
    weights = sum(p.numel() * p.element_size() for p in model.parameters())
    return {"prompt": ids.shape[1], "generated": options.tokens, "ids": texts["loop"], "tokens_per_second": speed, "best": best, **result,
            "weights_mb": round(weights / 1e6, 1), "weights_gb_s": round(speed * weights / 1e9, 2), "peak_mb": peak_mb()}


def cold(options):
    import torch
    from transformers import AutoModelForCausalLM  # noqa: F401
    imported = time.perf_counter()
    tokenizer = open_tokenizer(options) if options.text is not None else None
    ids = torch.tensor([tokenizer(options.text).input_ids]) if tokenizer else prompt(options)
    tokenized = time.perf_counter()
    model = open_model(options)
    opened = time.perf_counter()
    with torch.inference_mode():
        token = model(ids, logits_to_keep=1).logits[0, -1].argmax().item()
    answered = time.perf_counter()
    return {"id": token, "answer": tokenizer.decode([token]) if tokenizer else None,
            "steps_ms": {"import": ms(imported - START), "tokenizer": ms(tokenized - imported), "open": ms(opened - tokenized),
                         "forward": ms(answered - opened)}}


def memory(options):
    import torch
    if options.threads:
        torch.set_num_threads(options.threads)
    all_threads = torch.get_num_threads()
    long, matrix, vector = torch.ones(250_000_000), torch.ones(49152 * 2, 1368), torch.ones(1368)

    def best(run, size):
        run()
        times = []
        for _ in range(7):
            begin = time.perf_counter()
            run()
            times.append(time.perf_counter() - begin)
        return round(size / min(times) / 1e9, 2)

    with torch.inference_mode():
        summed = best(long.sum, long.nbytes)
        gemv = best(lambda: torch.mv(matrix, vector), matrix.nbytes)
        torch.set_num_threads(1)
        single = max(best(long.sum, long.nbytes), best(lambda: torch.mv(matrix, vector), matrix.nbytes))
    return {"read_gb_s": max(summed, gemv), "sum_gb_s": summed, "gemv_gb_s": gemv, "single_gb_s": single, "threads": all_threads}


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    for run in (setup, export, forward, decode, cold, memory):
        sub = commands.add_parser(run.__name__)
        sub.set_defaults(run=run)
        sub.add_argument("--threads", type=int)
        if run is export:
            sub.add_argument("gguf")
            sub.add_argument("to")
        else:
            sub.add_argument("--gguf")
        sub.add_argument("--folder")
        sub.add_argument("--ids")
        sub.add_argument("--text")
        sub.add_argument("--repeat", type=int)
        sub.add_argument("--warmup", type=int)
        sub.add_argument("--tokens", type=int)
        sub.add_argument("--logits")
    options = parser.parse_args()
    print(json.dumps(options.run(options)), flush=True)


main()
