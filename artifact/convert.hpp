#pragma once

#include "base/result.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay {

/// A copy of a model that is no pickle.
struct CopyFormat {
    std::string_view name;        ///< as people write it: "assay"
    std::string_view ending;      ///< of its files: ".assay"
    std::string_view media_type;
    /// The bytes of the copy; the same for the same file on every machine. Nothing of the file is run. `invalid`: code "not-decodable" when
    /// the model is not re-created here, "not-convertible" when the format cannot say exactly what it does, with the step.
    Result<std::string> (*convert)(RandomSource& file);
};

[[nodiscard]] std::span<const CopyFormat> copy_formats();
/// Null for a name that is none.
[[nodiscard]] const CopyFormat* find_copy_format(std::string_view name);

}  // namespace assay
