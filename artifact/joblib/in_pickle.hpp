#pragma once

#include "artifact/content.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// A joblib file within a pickle that hands it to joblib: `joblib.load(io.BytesIO(b"…"))`. So MLflow's clients, which only unpickle, can
// load what joblib wrote. The pickle is of protocol 4, and always these opcodes.

namespace assay {

/// What stands before `size` bytes.
[[nodiscard]] std::string joblib_in_pickle_head(std::uint64_t size);
/// And behind them.
inline constexpr std::string_view joblib_in_pickle_tail = "\x85R\x85R.";

/// The bytes that joblib would be given, when the whole content is such a pickle and nothing else; absent when it is not, and where the
/// content can only be read front to back. Part of `content`, which outlives it.
[[nodiscard]] Result<std::optional<Content>> joblib_within(const Content& content, std::string_view first_bytes);

}  // namespace assay
