#pragma once

#include "artifact/content.hpp"

namespace assay {

/// Whether the bytes begin like a safetensors file of `size` bytes: a length that fits, and a brace.
[[nodiscard]] bool begins_like_safetensors(std::string_view first_bytes, std::uint64_t size);

/// Reads a safetensors file (format "safetensors"): its tensors must lie one behind the other and fill the file; `safetensors-header` and
/// `safetensors-layout` say what does not fit. Its metadata is in the details. Source: safetensors, README ("Format").
[[nodiscard]] Result<void> inspect_safetensors(const Content& content, Inspection& inspection, const InspectLimits& limits);

}  // namespace assay
