#pragma once

#include "base/json.hpp"

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

enum class Style { plain, bold, dim, red, green, yellow };

/// Where a command speaks: data on standard output, messages on standard error. With --json standard output carries
/// exactly one JSON document: the result, or the problem that prevented it. One thread at a time.
class Output {
public:
    struct Options {
        bool json = false;
        bool quiet = false;           ///< no messages but warnings and errors
        bool out_is_terminal = false;
        bool err_is_terminal = false;
        bool colour = true;           ///< false with NO_COLOR or --no-color; colours appear on terminals only
        std::size_t width = 80;       ///< columns of the terminal
    };

    Output(std::ostream& out, std::ostream& err, Options options) : out_(out), err_(err), options_(options) {}

    [[nodiscard]] bool json() const { return options_.json; }
    [[nodiscard]] bool quiet() const { return options_.quiet; }
    [[nodiscard]] bool out_is_terminal() const { return options_.out_is_terminal; }
    [[nodiscard]] bool err_is_terminal() const { return options_.err_is_terminal; }
    [[nodiscard]] bool colours() const { return options_.colour && options_.out_is_terminal; }
    [[nodiscard]] std::size_t width() const { return options_.width; }

    /// Data as it is.
    void write(std::string_view text);
    void write_line(std::string_view line);
    /// The one JSON document of --json.
    void write_json(const Json& value);

    /// Messages, one line each.
    void note(std::string_view line);
    void warn(std::string_view line);
    /// The error as a person meets it; with --json also the problem object on standard output.
    void error(const Error& error);
    /// Raw bytes for standard error (the progress bar).
    void write_error(std::string_view text);

    /// `text` in a style on standard output, unchanged where there are no colours.
    [[nodiscard]] std::string styled(std::string_view text, Style style) const;

private:
    std::ostream& out_;
    std::ostream& err_;
    Options options_;
};

/// The error as the problem object of RFC 9457 that the HTTP API sends (docs/api.md); status and request_id when it came from there.
[[nodiscard]] Json to_problem(const Error& error);

/// Columns for a terminal or a pipe: cells padded to the widest of their column, two spaces between, no trailing blanks.
/// Control characters in cells are escaped.
class Table {
public:
    explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
    /// Fewer cells than headings leave the rest empty; more are a programmer's error.
    void add(std::vector<std::string> cells);
    [[nodiscard]] bool empty() const { return rows_.empty(); }
    [[nodiscard]] std::string text(const Output& output) const;

private:
    std::vector<std::string> headings_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace assay
