#include "base/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace assay {

namespace {

class CsvReader {
public:
    explicit CsvReader(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] std::size_t line() const { return line_; }

    /// The fields of the next line; one empty field of an empty line.
    Result<std::vector<std::string>> record() {
        std::vector<std::string> fields;
        while (true) {
            TRY_ASSIGN(std::string field, rest_.starts_with('"') ? quoted() : plain());
            fields.push_back(std::move(field));
            if (!rest_.starts_with(',')) break;
            rest_.remove_prefix(1);
        }
        if (rest_.starts_with('\r')) rest_.remove_prefix(1);
        if (!rest_.empty() && !rest_.starts_with('\n')) return refuse("a field in quotes is followed by something else than a comma");
        if (!rest_.empty()) rest_.remove_prefix(1);
        ++line_;
        return fields;
    }

    std::unexpected<Error> refuse(std::string because) const {
        Error error(ErrorKind::invalid, "invalid-csv", fmt::format("line {} is no line of CSV", line_));
        error.because = std::move(because);
        return fail(std::move(error));
    }

private:
    Result<std::string> plain() {
        const std::size_t end = std::min(rest_.find_first_of(",\n\""), rest_.size());
        if (end < rest_.size() && rest_[end] == '"') return refuse("there is a quote in a field that does not begin with one");
        std::string_view field = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (field.ends_with('\r') && !rest_.starts_with(',')) field.remove_suffix(1);
        return std::string(field);
    }

    Result<std::string> quoted() {
        rest_.remove_prefix(1);
        std::string field;
        while (true) {
            const std::size_t end = rest_.find('"');
            if (end == std::string_view::npos) return refuse("the quote does not end");
            field += rest_.substr(0, end);
            line_ += static_cast<std::size_t>(std::ranges::count(rest_.substr(0, end), '\n'));
            rest_.remove_prefix(end + 1);
            if (!rest_.starts_with('"')) return field;
            field += '"';
            rest_.remove_prefix(1);
        }
    }

    std::string_view rest_;
    std::size_t line_ = 1;
};

}  // namespace

std::size_t CsvTable::column(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::find(columns, name) - columns.begin());
}

Result<CsvTable> parse_csv(std::string_view text, std::size_t max_rows) {
    // Spreadsheets put a byte order mark before the first name.
    CsvReader reader(text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text);
    CsvTable table;
    while (!reader.at_end()) {
        const std::size_t line = reader.line();
        TRY_ASSIGN(std::vector<std::string> fields, reader.record());
        if (fields.size() == 1 && fields.front().empty()) continue;
        if (table.columns.empty()) {
            if (std::set<std::string>(fields.begin(), fields.end()).size() != fields.size())
                return reader.refuse("two columns have one name");
            table.columns = std::move(fields);
            continue;
        }
        if (fields.size() != table.columns.size()) {
            return fail(Error(ErrorKind::invalid, "invalid-csv", fmt::format("line {} has {} fields", line, fields.size()))
                            .with_because(fmt::format("there are {} columns", table.columns.size())));
        }
        if (table.rows.size() == max_rows)
            return fail(ErrorKind::too_large, "invalid-csv", fmt::format("it has more than {} rows", max_rows));
        table.rows.push_back(std::move(fields));
        table.lines.push_back(line);
    }
    if (table.columns.empty()) return fail(ErrorKind::invalid, "invalid-csv", "it is empty");
    return table;
}

}  // namespace assay
