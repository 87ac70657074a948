#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// A CSV file (RFC 4180) whose first line names the columns.
struct CsvTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;  ///< each as long as `columns`
    std::vector<std::size_t> lines;              ///< of each row, where it begins; the first line is 1

    /// Where a column stands; `columns.size()` when there is none of that name.
    [[nodiscard]] std::size_t column(std::string_view name) const;
};

/// Fields in quotes may hold commas, doubled quotes and line ends; lines end in LF or CRLF, and empty ones are passed over. `invalid`, code
/// "invalid-csv", with the line: a row of another length, a quote within a field or one that does not end, two columns of one name, no
/// columns; `too_large` beyond `max_rows`.
[[nodiscard]] Result<CsvTable> parse_csv(std::string_view text, std::size_t max_rows);

}  // namespace assay
