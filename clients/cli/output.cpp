#include "clients/cli/output.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <ostream>
#include <stdexcept>

namespace assay {

namespace {

std::string_view escape_of(Style style) {
    switch (style) {
        case Style::plain: return "";
        case Style::bold: return "\033[1m";
        case Style::dim: return "\033[2m";
        case Style::red: return "\033[31m";
        case Style::green: return "\033[32m";
        case Style::yellow: return "\033[33m";
    }
    return "";
}

std::string wrapped(std::string_view text, Style style) { return std::string(escape_of(style)) + std::string(text) + "\033[0m"; }

}  // namespace

void Output::write(std::string_view text) { out_ << text << std::flush; }
void Output::write_line(std::string_view line) { out_ << line << '\n' << std::flush; }
void Output::write_json(const Json& value) { write_line(to_pretty_text(value)); }
void Output::write_error(std::string_view text) { err_ << text << std::flush; }

void Output::note(std::string_view line) {
    if (!options_.quiet) err_ << line << '\n' << std::flush;
}

void Output::warn(std::string_view line) {
    const bool coloured = options_.colour && options_.err_is_terminal;
    err_ << (coloured ? wrapped("warning:", Style::yellow) : "warning:") << ' ' << line << '\n' << std::flush;
}

void Output::error(const Error& error) {
    std::string text = describe(error);
    if (options_.colour && options_.err_is_terminal && text.starts_with("error:")) text = wrapped("error:", Style::red) + text.substr(6);
    err_ << text << std::flush;
    if (options_.json) write_json(to_problem(error));
}

std::string Output::styled(std::string_view text, Style style) const {
    return colours() && style != Style::plain ? wrapped(text, style) : std::string(text);
}

Json to_problem(const Error& error) {
    Json problem = {{"type", "https://assay.dev/problems/" + error.code},
                    {"title", to_string(error.kind)},
                    {"code", error.code},
                    {"detail", error.message}};
    if (error.status != 0) problem["status"] = error.status;
    if (!error.request_id.empty()) problem["request_id"] = error.request_id;
    if (!error.because.empty()) problem["because"] = error.because;
    if (!error.context.empty()) problem["while"] = error.context;
    if (!error.fixes.empty()) problem["fix"] = error.fixes;
    if (!error.problems.empty()) {
        Json fields = Json::array();
        for (const FieldProblem& field : error.problems) {
            Json entry = {{"field", field.field}, {"message", field.message}};
            if (!field.fix.empty()) entry["fix"] = field.fix;
            fields.push_back(std::move(entry));
        }
        problem["field_errors"] = std::move(fields);
    }
    if (!error.details.empty()) {
        if (auto verdict = parse_json(error.details)) problem["verdict"] = *std::move(verdict);
    }
    return problem;
}

void Table::add(std::vector<std::string> cells) {
    if (cells.size() > headings_.size()) throw std::logic_error("a table row has more cells than the table has columns");
    for (std::string& cell : cells) cell = printable(cell, 1000);
    cells.resize(headings_.size());
    rows_.push_back(std::move(cells));
}

std::string Table::text(const Output& output) const {
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < headings_.size(); ++column) {
        std::size_t width = utf8_length(headings_[column]);
        for (const auto& row : rows_) width = std::max(width, utf8_length(row[column]));
        widths.push_back(width);
    }
    const auto line_of = [&](const std::vector<std::string>& cells) {
        std::string line;
        for (std::size_t column = 0; column < cells.size(); ++column) {
            line += cells[column];
            if (column + 1 < cells.size()) line += std::string(widths[column] - utf8_length(cells[column]) + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        return line;
    };
    std::string text = output.styled(line_of(headings_), Style::bold) + "\n";
    for (const auto& row : rows_) text += line_of(row) + "\n";
    return text;
}

}  // namespace assay
