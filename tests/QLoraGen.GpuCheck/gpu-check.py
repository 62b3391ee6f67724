"""Times torch's bf16 matmul with rotating weights and sets it beside the lines of `gpu-check time` on stdin.

    ./gpu-check time | python3 gpu-check.py
"""
import json
import sys

import torch


def median(copies, run):
    for i in range(copies):
        run(i)
    rounds = []
    for _ in range(7):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        for i in range(copies):
            run(i)
        end.record()
        end.synchronize()
        rounds.append(1000 * start.elapsed_time(end) / copies)
    return sorted(rounds)[3]


lines = [json.loads(line) for line in sys.stdin if line.startswith("{")]
copy = next(line["GB_s"] for line in lines if line["what"] == "copy")
dequantize = {(line["n"], line["k"]): line["us"] for line in lines if line["what"] == "dequantize"}
l2 = torch.cuda.get_device_properties(0).L2_cache_size
print(f"{torch.cuda.get_device_name(0)}: a copy moves {copy:.0f} GB/s")
for (n, k), us in dequantize.items():
    copies = max(2, 2 * l2 // (2 * n * k) + 1)
    weights = [torch.randn(n, k, device="cuda", dtype=torch.bfloat16) for _ in range(copies)]
    print(f"\n[{n}, {k}], dequantize {us:.1f} us")
    for line in (line for line in lines if line.get("m") and (line["n"], line["k"]) == (n, k)):
        backward = line["what"] == "backward"
        x = torch.randn(line["m"], n if backward else k, device="cuda", dtype=torch.bfloat16)
        bf16 = median(copies, lambda i: x @ (weights[i] if backward else weights[i].t()))
        unfused = us + bf16
        print(
            f"{line['what']:8} m {line['m']:5} {line['kernel']:18} {line['us']:8.1f} us, {line['code_GB_s'] / copy:5.2f} of the copy's bandwidth; "
            f"bf16 matmul {bf16:8.1f} us: {bf16 / line['us']:5.2f} times as fast; dequantize and matmul {bf16 / unfused:5.2f}"
        )
    del weights
