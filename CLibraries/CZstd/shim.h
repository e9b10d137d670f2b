#pragma once
// The decoder that works inside the caller's buffer is not in the stable part of the interface; the library exports it.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>

/// Newer versions spell it ZSTD_FrameHeader.
typedef ZSTD_frameHeader CZstdFrameHeader;
