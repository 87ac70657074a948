#pragma once

#include "artifact/content.hpp"

namespace assay {

[[nodiscard]] bool begins_like_zip(std::string_view first_bytes);

/// Whether a program that looks for a zip from the end of the file, as Python's does, finds one.
[[nodiscard]] Result<bool> ends_like_zip(RandomSource& file);

/// Reads a zip: each member becomes a part, judged by its own bytes, and what the whole is follows from the members: "npz" (arrays only),
/// "skops", "pytorch", "keras" (version 3), else "zip". Nothing is extracted.
[[nodiscard]] Result<void> inspect_zip(const Content& content, Inspection& inspection, Allowance& allowance);

}  // namespace assay
