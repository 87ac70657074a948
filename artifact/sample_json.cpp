#include "artifact/sample_json.hpp"

#include "artifact/sample_values.hpp"

#include <type_traits>

namespace assay {

namespace {

Json nested(const SampleArray& array, std::size_t dimension, std::size_t& next) {
    Json list = Json::array();
    for (std::size_t i = 0; i < array.shape[dimension]; ++i) {
        if (dimension + 1 < array.shape.size()) {
            list.push_back(nested(array, dimension + 1, next));
            continue;
        }
        const bool missing = !array.missing.empty() && array.missing[next] != 0;
        list.push_back(missing ? Json() : value_to_json(array.values, next));
        ++next;
    }
    return list;
}

Json values_of(const SampleArray& array) {
    std::size_t next = 0;
    return nested(array, 0, next);
}

void put_spelling(Json& json, const std::string& dtype, MissingSpelling spelling) {
    if (!dtype.empty()) json["dtype"] = dtype;
    if (spelling != MissingSpelling::nan) json["missing"] = spelling == MissingSpelling::none ? "none" : "pd.NA";
}

Json column_to_json(const SampleColumn& column) {
    Json json = {{"name", column.name}, {"type", to_string(column.array.type())}, {"values", values_of(column.array)}};
    put_spelling(json, column.dtype, column.missing_as);
    if (column.categories) {
        const std::size_t count = std::visit([](const auto& values) { return values.size(); }, column.categories->values);
        json["categories"] = values_of({{count}, column.categories->values, {}});
        json["ordered"] = column.categories->ordered;
    }
    return json;
}

Json input_to_json(const SampleTable& table) {
    Json columns = Json::array();
    for (const SampleColumn& column : table.columns) columns.push_back(column_to_json(column));
    return {{"kind", "table"}, {"columns", std::move(columns)}};
}

Json input_to_json(const SampleMatrix& matrix) {
    Json json = {
        {"kind", "matrix"}, {"type", to_string(matrix.array.type())}, {"shape", matrix.array.shape}, {"values", values_of(matrix.array)}};
    put_spelling(json, matrix.dtype, matrix.missing_as);
    return json;
}

Json input_to_json(const SampleTexts& texts) { return {{"kind", "text"}, {"values", texts.values}}; }

Json value_to_json(const SampleRecordValue& value) {
    return std::visit(
        []<class Value>(const Value& one) {
            if constexpr (std::is_same_v<Value, std::monostate>) {
                return Json();
            } else {
                return Json(one);
            }
        },
        value);
}

Json input_to_json(const SampleRecords& records) {
    Json values = Json::array();
    for (const SampleRecord& record : records.records) {
        Json object = Json::object();
        for (const auto& [name, value] : record.values) object[name] = value_to_json(value);
        values.push_back(std::move(object));
    }
    return {{"kind", "records"}, {"values", std::move(values)}};
}

}  // namespace

Json to_json(const SampleArray& array) { return {{"type", to_string(array.type())}, {"shape", array.shape}, {"values", values_of(array)}}; }

Json to_json(const Sample& sample) {
    Json json = {{"schema", sample_schema},
                 {"rows", sample.rows},
                 {"input", std::visit([](const auto& input) { return input_to_json(input); }, sample.input)},
                 {"tolerance", {{"kind", "exact"}}}};
    if (!sample.tolerance.exact) json["tolerance"] = {{"kind", "close"}, {"abs", sample.tolerance.abs}, {"rel", sample.tolerance.rel}};
    if (!sample.outputs.empty()) json["outputs"] = Json::object();
    for (const auto& [method, array] : sample.outputs) json["outputs"][method] = to_json(array);
    return json;
}

std::string to_text(const Sample& sample) { return to_text(to_json(sample)); }

}  // namespace assay
