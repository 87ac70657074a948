#pragma once

#include "base/embedded_file.hpp"
#include "base/json.hpp"

#include <span>
#include <string_view>

// The description of the native API, OpenAPI 3.1. It lies beside the code: `openapi.json` holds what operations share,
// `<feature>.openapi.json` the operations of `<feature>.cpp` and the schemas that they own.

namespace assay::v1 {

/// One document of the parts: "openapi.json", and from every other file its `tags`, `paths` and `components`. Each operation
/// gets the responses of `x-every-operation` (with a body also those of `x-every-operation-with-a-body`) that it does not
/// describe itself, and the parameters of its path. `version` becomes the document's. Throws std::logic_error for parts that are not JSON,
/// have other members or describe the same thing twice: a mistake in the program.
[[nodiscard]] Json merge_descriptions(std::span<const EmbeddedFile> parts, std::string_view version);

/// That of this program; made when first asked for. Safe for concurrent use.
[[nodiscard]] const Json& api_description();

}  // namespace assay::v1
