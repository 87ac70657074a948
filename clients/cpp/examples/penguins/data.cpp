#include "data.hpp"

#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>

namespace penguins {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

Penguin nothing_known() { return {"", "", "", unknown, unknown, unknown, unknown}; }

std::vector<std::string> cells_of(std::string line) {
    if (line.ends_with('\r')) line.pop_back();
    std::vector<std::string> cells(1);
    for (const char c : line) {
        if (c == ',') {
            cells.emplace_back();
        } else if (c != '"') {
            cells.back() += c;
        }
    }
    return cells;
}

bool is_missing(const std::string& cell) { return cell.empty() || cell == "NA"; }

assay::Error bad_line(const std::string& path, int line, const std::string& because) {
    return assay::Error(assay::ErrorKind::invalid, "bad-data", path + " cannot be read")
        .with_because("line " + std::to_string(line) + ": " + because);
}

/// Puts the text of a cell where its column belongs.
assay::Result<void> put(Penguin& penguin, const std::string& column, const std::string& cell, const std::string& path, int line) {
    if (is_missing(cell)) return {};
    if (column == "species") penguin.species = cell;
    for (const Category& category : categories) {
        if (column == category.name) penguin.*category.value = cell;
    }
    for (const Measure& measure : measures) {
        if (column != measure.name) continue;
        const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), penguin.*measure.value);
        if (error != std::errc() || end != cell.data() + cell.size())
            return assay::fail(bad_line(path, line, column + " is '" + cell + "', and no number"));
    }
    return {};
}

}  // namespace

assay::Result<std::vector<Penguin>> read_penguins(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line))
        return assay::fail(
            assay::Error(assay::ErrorKind::not_found, "no-data", path + " cannot be read").with_fix("name penguins.csv of palmerpenguins"));
    const std::vector<std::string> header = cells_of(line);
    std::vector<Penguin> penguins;
    for (int number = 2; std::getline(file, line); ++number) {
        const std::vector<std::string> cells = cells_of(line);
        if (cells.size() != header.size()) return assay::fail(bad_line(path, number, "it has other columns than the first"));
        Penguin penguin = nothing_known();
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (auto read = put(penguin, header[i], cells[i], path, number); !read) return assay::fail(read.error());
        }
        penguins.push_back(std::move(penguin));
    }
    return penguins;
}

assay::Result<void> write_penguins(const std::string& path, const std::vector<Penguin>& penguins) {
    std::ofstream file(path);
    file.precision(std::numeric_limits<double>::max_digits10);
    const auto text = [](const std::string& value) { return value.empty() ? "NA" : value; };
    file << "species";
    for (const Category& category : categories) file << ',' << category.name;
    for (const Measure& measure : measures) file << ',' << measure.name;
    file << '\n';
    for (const Penguin& penguin : penguins) {
        file << text(penguin.species);
        for (const Category& category : categories) file << ',' << text(penguin.*category.value);
        for (const Measure& measure : measures) {
            file << ',';
            if (std::isnan(penguin.*measure.value)) {
                file << "NA";
            } else {
                file << penguin.*measure.value;
            }
        }
        file << '\n';
    }
    if (file.flush()) return {};
    return assay::fail(assay::ErrorKind::internal, "io-error", path + " cannot be written");
}

Split split(const std::vector<Penguin>& all) {
    Split split;
    std::map<std::string, int> seen;
    for (const Penguin& penguin : all) {
        const bool hold_out = seen[penguin.species]++ % 4 == 3;
        (hold_out ? split.held_out : split.training).push_back(penguin);
    }
    return split;
}

assay::SampleTable to_sample_input(const std::vector<Penguin>& rows, const std::vector<std::string>& columns) {
    assay::SampleTable table;
    for (const std::string& name : columns) {
        assay::SampleColumn column;
        column.name = name;
        column.array.shape = {rows.size()};
        for (const Category& category : categories) {
            if (name != category.name) continue;
            std::vector<std::string> values;
            values.reserve(rows.size());
            for (const Penguin& row : rows) {
                values.push_back(row.*category.value);
                column.array.missing.push_back(values.back().empty() ? 1 : 0);
            }
            column.array.values = std::move(values);
        }
        for (const Measure& measure : measures) {
            if (name != measure.name) continue;
            std::vector<double> values;
            values.reserve(rows.size());
            for (const Penguin& row : rows) values.push_back(row.*measure.value);
            column.array.values = std::move(values);
        }
        table.columns.push_back(std::move(column));
    }
    return table;
}

assay::Result<std::vector<Penguin>> from_sample_input(const assay::Sample& sample) {
    const auto refuse = [](const std::string& because) {
        return assay::fail(assay::Error(assay::ErrorKind::invalid, "other-sample", "this is no sample of penguins").with_because(because));
    };
    const auto* table = std::get_if<assay::SampleTable>(&sample.input);
    if (table == nullptr) return refuse("its input is no table");
    std::vector<Penguin> rows(sample.rows, nothing_known());
    for (const assay::SampleColumn& column : table->columns) {
        const auto* texts = std::get_if<std::vector<std::string>>(&column.array.values);
        const auto* numbers = std::get_if<std::vector<double>>(&column.array.values);
        bool taken = false;
        for (const Category& category : categories) {
            if (column.name != category.name || texts == nullptr) continue;
            for (std::size_t i = 0; i < rows.size(); ++i) rows[i].*category.value = (*texts)[i];
            taken = true;
        }
        for (const Measure& measure : measures) {
            if (column.name != measure.name || numbers == nullptr) continue;
            for (std::size_t i = 0; i < rows.size(); ++i) rows[i].*measure.value = (*numbers)[i];
            taken = true;
        }
        if (!taken) return refuse("it has a column " + column.name);
    }
    return rows;
}

}  // namespace penguins
