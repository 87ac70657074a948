#include "artifact/pmml/verification.hpp"

#include "artifact/pmml/node.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace assay {

namespace {

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value) : std::nullopt;
}

struct Field {
    std::string name;
    std::string column;  ///< the element of a row that has its value
    double precision = 1e-6;
    double zero_threshold = 1e-16;
};

struct Cells {
    std::vector<std::string> texts;
    std::vector<bool> there;
};

/// Texts of a column as numbers when all of them are, else as texts.
SampleArray array_of(const Cells& cells) {
    SampleArray array;
    array.shape = {cells.texts.size()};
    std::vector<double> numbers;
    for (std::size_t i = 0; i < cells.texts.size(); ++i) {
        const auto value = cells.there[i] ? number(cells.texts[i]) : std::optional(std::numeric_limits<double>::quiet_NaN());
        if (!value) {
            array.values = cells.texts;
            for (const bool there : cells.there) array.missing.push_back(there ? 0 : 1);
            return array;
        }
        numbers.push_back(*value);
    }
    array.values = std::move(numbers);
    return array;
}

/// Labels are of the type that the document says.
std::optional<SampleArray> labels_of(const Cells& cells, std::string_view type) {
    SampleArray array;
    array.shape = {cells.texts.size()};
    if (std::ranges::find(cells.there, false) != cells.there.end()) return std::nullopt;
    if (type == "integer") {
        std::vector<std::int64_t> integers;
        for (const std::string& text : cells.texts) {
            const auto value = number(text);
            if (!value) return std::nullopt;
            integers.push_back(static_cast<std::int64_t>(*value));
        }
        array.values = std::move(integers);
    } else if (type == "double" || type == "float") {
        std::vector<double> numbers;
        for (const std::string& text : cells.texts) {
            const auto value = number(text);
            if (!value) return std::nullopt;
            numbers.push_back(*value);
        }
        array.values = std::move(numbers);
    } else if (type == "string") {
        array.values = cells.texts;
    } else {
        return std::nullopt;
    }
    return array;
}

class Document {
public:
    explicit Document(const pugi::xml_node& root) : root_(root) {
        for (const pugi::xml_node& each : root.children()) {
            if (child_named(each, "MiningSchema") && child_named(each, "ModelVerification")) model_ = each;
        }
    }

    std::optional<Sample> read() {
        if (!model_) return std::nullopt;
        const pugi::xml_node verification = child_named(model_, "ModelVerification");
        for (const pugi::xml_node& each : child_named(verification, "VerificationFields").children()) read_field(each);
        for (const pugi::xml_node& row : child_named(verification, "InlineTable").children()) {
            if (local_name(row) == "row" && rows_ < SampleLimits{}.max_rows) read_row(row);
        }
        if (rows_ == 0) return std::nullopt;
        Sample sample;
        sample.rows = rows_;
        if (!put_input(sample) || !put_outputs(sample)) return std::nullopt;
        sample.tolerance = tolerance_;
        return sample;
    }

private:
    void read_field(const pugi::xml_node& each) {
        if (local_name(each) != "VerificationField") return;
        Field field;
        field.name = each.attribute("field").as_string();
        const std::string column = each.attribute("column").as_string();
        field.column = column.empty() ? field.name : std::string(local_name(column));
        field.precision = number(each.attribute("precision").as_string("1E-6")).value_or(field.precision);
        field.zero_threshold = number(each.attribute("zeroThreshold").as_string("1E-16")).value_or(field.zero_threshold);
        fields_.push_back(std::move(field));
    }

    /// An answer's tolerance counts; that of a field that the model takes says nothing.
    void allow(const std::string& name) {
        for (const Field& field : fields_) {
            if (field.name != name) continue;
            tolerance_.abs = std::max(tolerance_.abs, field.zero_threshold);
            tolerance_.rel = std::max(tolerance_.rel, field.precision);
        }
    }

    void read_row(const pugi::xml_node& row) {
        for (const Field& field : fields_) {
            const pugi::xml_node cell = child_named(row, field.column);
            Cells& cells = cells_[field.name];
            cells.texts.emplace_back(cell.text().as_string());
            cells.there.push_back(static_cast<bool>(cell));
        }
        ++rows_;
    }

    [[nodiscard]] std::string target() const {
        for (const pugi::xml_node& each : child_named(model_, "MiningSchema").children()) {
            const std::string_view use = each.attribute("usageType").as_string();
            if (use == "target" || use == "predicted") return each.attribute("name").as_string();
        }
        return {};
    }

    [[nodiscard]] std::string type_of(const std::string& name) const {
        for (const pugi::xml_node& each : child_named(root_, "DataDictionary").children()) {
            if (each.attribute("name").as_string() == name) return each.attribute("dataType").as_string();
        }
        return {};
    }

    bool put_input(Sample& sample) {
        SampleTable input;
        for (const pugi::xml_node& each : child_named(model_, "MiningSchema").children()) {
            const std::string_view use = each.attribute("usageType").as_string("active");
            const auto cells = cells_.find(each.attribute("name").as_string());
            if (use != "active" || cells == cells_.end()) continue;
            SampleColumn column;
            column.name = cells->first;
            column.array = array_of(cells->second);
            if (column.array.type() == SampleType::string) column.dtype = "object";
            input.columns.push_back(std::move(column));
        }
        const bool any = !input.columns.empty();
        sample.input = std::move(input);
        return any;
    }

    bool put_outputs(Sample& sample) {
        const std::string name = target();
        if (const auto cells = cells_.find(name); cells != cells_.end()) {
            auto labels = labels_of(cells->second, type_of(name));
            if (labels) sample.outputs.emplace("predict", *std::move(labels));
            allow(name);
        }
        std::vector<const Cells*> probabilities;
        for (const pugi::xml_node& each : child_named(model_, "Output").children()) {
            if (std::string_view(each.attribute("feature").as_string()) != "probability") continue;
            const auto cells = cells_.find(each.attribute("name").as_string());
            if (cells == cells_.end()) return !sample.outputs.empty();
            probabilities.push_back(&cells->second);
            allow(cells->first);
        }
        std::vector<double> values;
        for (std::size_t row = 0; row < rows_; ++row) {
            for (const Cells* cells : probabilities) {
                const auto value = number(cells->texts[row]);
                if (!value) return !sample.outputs.empty();
                values.push_back(*value);
            }
        }
        if (!probabilities.empty())
            sample.outputs.emplace("predict_proba",
                                   SampleArray{.shape = {rows_, probabilities.size()}, .values = std::move(values), .missing = {}});
        return !sample.outputs.empty();
    }

    pugi::xml_node root_;
    pugi::xml_node model_;
    std::vector<Field> fields_;
    std::map<std::string, Cells> cells_;
    std::size_t rows_ = 0;
    SampleTolerance tolerance_ = {.exact = false, .abs = 0, .rel = 0};
};

}  // namespace

std::optional<Sample> verification_of_pmml(std::string_view xml) {
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size(), pugi::parse_default & ~pugi::parse_doctype)) return std::nullopt;
    return Document(document.document_element()).read();
}

}  // namespace assay
