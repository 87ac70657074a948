#pragma once

#include "artifact/content.hpp"

namespace assay {

[[nodiscard]] bool begins_like_zip(std::string_view first_bytes);

/// Reads a zip: each member becomes a part, judged by its own bytes, and what the whole is follows from the members: "npz" (arrays only),
/// "skops", "pytorch", "keras" (version 3), else "zip". Nothing is extracted.
[[nodiscard]] Result<void> inspect_zip(const Content& content, Inspection& inspection, Allowance& allowance);

}  // namespace assay
