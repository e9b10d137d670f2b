#!/usr/bin/env bash
# The kernel by itself: bars in memory, a strategy in Swift, everything recorded, nothing read or written.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

swift build -c release --product kernel-benchmark --static-swift-stdlib >/dev/null
exec .build/release/kernel-benchmark
