#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace assay {

enum class LogLevel { debug, info, warning, error };

/// A value in a structured log line.
using LogValue = std::variant<std::string, std::int64_t, double, bool>;
using LogFields = std::vector<std::pair<std::string_view, LogValue>>;

/// Writes one line of JSON to standard error: {"time","level","event",…fields}. `event` is a constant phrase
/// ("request", "blob corrupt"); everything that varies is a field. Safe from any thread.
void log(LogLevel level, std::string_view event, const LogFields& fields = {});

/// Drops what is below `level`; info at the start.
void set_log_level(LogLevel level);

}  // namespace assay
