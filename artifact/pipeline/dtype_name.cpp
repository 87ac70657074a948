#include "artifact/pipeline/dtype_name.hpp"

namespace assay::pipeline {

std::string dtype_name(const Fitted& value) {
    if (value.is(FittedKind::name)) {
        const std::string name = value.name();
        if (name == "builtins.float") return "float64";
        if (name == "builtins.int") return "int64";
        if (name == "builtins.bool" || name == "numpy.bool_" || name == "numpy.bool") return "bool";
        if (name == "builtins.object" || name == "numpy.object_") return "object";
        return name.starts_with("numpy.") ? name.substr(6) : std::string();
    }
    if (value.is(FittedKind::text)) {
        if (const auto dtype = parse_dtype(value.text())) return dtype->name();
        return std::string(value.text());
    }
    if (value.class_name() != "numpy.dtype") return {};
    const FittedObject object = value.object();
    if (object.arguments.empty()) return {};
    const auto code = value.at(object.arguments.front()).as_text();
    const auto dtype = code ? parse_dtype(*code) : std::nullopt;
    return dtype ? dtype->name() : std::string();
}

std::optional<NumberType> number_type_of(const std::string& dtype) {
    if (dtype == "float64") return NumberType::float64;
    if (dtype == "float32") return NumberType::float32;
    if (dtype == "float16") return NumberType::float16;
    if (dtype == "int64" || dtype == "int32" || dtype == "uint32" || dtype == "uint64") return NumberType::integer;
    if (dtype == "int16" || dtype == "int8" || dtype == "uint16" || dtype == "uint8") return NumberType::small_integer;
    if (dtype == "bool") return NumberType::boolean;
    return std::nullopt;
}

}  // namespace assay::pipeline
