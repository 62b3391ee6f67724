#!/usr/bin/env bash
# Publishes gpu-check, checks every kernel on the GPU at hand, and times it beside torch's bf16 matmul.
#   tests/QLoraGen.GpuCheck/gpu-check.sh                   here, with the .NET SDK and PyTorch
#   tests/QLoraGen.GpuCheck/gpu-check.sh publish FOLDER    a self-contained folder, for a machine without .NET
#   FOLDER/gpu-check.sh run                                there: next to the published gpu-check
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

publish() {
    dotnet publish -c Release -r linux-x64 --self-contained -o "$1" "$here/QLoraGen.GpuCheck.csproj"
    cp "$here/gpu-check.sh" "$here/gpu-check.py" "$1"
}

run() {
    "$1/gpu-check" kernels
    "$1/gpu-check" check
    "$1/gpu-check" time | tee "$1/times.jsonl" | python3 "$1/gpu-check.py"
}

case "${1:-}" in
    publish) publish "${2:?where to}" ;;
    run) run "$here" ;;
    "") out=$(mktemp -d); publish "$out"; run "$out" ;;
    *) sed -n '2,5p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
