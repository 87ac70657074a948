#include "base/json_reader.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

const Json& empty_object() {
    static const Json value = Json::object();
    return value;
}

const Json& empty_array() {
    static const Json value = Json::array();
    return value;
}

}  // namespace

Result<void> refuse_if_any(const Problems& problems, std::string_view code, std::string_view message) {
    if (problems.empty()) return {};
    return fail(Error(ErrorKind::invalid, std::string(code), std::string(message)).with_problems(problems));
}

std::string_view type_in_words(const Json& value) {
    switch (value.type()) {
        case Json::value_t::null: return "null";
        case Json::value_t::boolean: return "a boolean";
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned: return "an integer";
        case Json::value_t::number_float: return "a number";
        case Json::value_t::string: return "a string";
        case Json::value_t::array: return "an array";
        case Json::value_t::object: return "an object";
        case Json::value_t::binary:
        case Json::value_t::discarded: break;
    }
    return "not JSON";
}

JsonReader::JsonReader(const Json& value, std::string path, Problems& problems)
    : is_object_(value.is_object()), value_(is_object_ ? value : empty_object()), path_(std::move(path)), problems_(problems) {
    if (!is_object_) {
        problems_.push_back({path_.empty() ? "(body)" : path_, fmt::format("must be an object, not {}", type_in_words(value)), ""});
    }
}

std::string JsonReader::path_of(std::string_view key) const {
    return path_.empty() ? printable(key, 100) : path_ + "." + printable(key, 100);
}

std::string JsonReader::path_of(std::string_view key, std::size_t index) const { return fmt::format("{}[{}]", path_of(key), index); }

void JsonReader::problem(std::string_view key, std::string message, std::string fix) {
    problems_.push_back({path_of(key), std::move(message), std::move(fix)});
}

void JsonReader::wrong_type(std::string_view key, std::string_view expected, const Json& found) {
    problem(key, fmt::format("must be {}, not {}", expected, type_in_words(found)));
}

bool JsonReader::has(std::string_view key) const { return value_.contains(key); }

const Json* JsonReader::find(std::string_view key) {
    known_.emplace(key);
    const auto it = value_.find(key);
    return it == value_.end() || it->is_null() ? nullptr : &*it;
}

std::optional<std::string> JsonReader::optional_string(std::string_view key) {
    const Json* member = find(key);
    if (member == nullptr) return std::nullopt;
    if (!member->is_string()) {
        wrong_type(key, "a string", *member);
        return std::nullopt;
    }
    return member->get<std::string>();
}

std::optional<std::int64_t> JsonReader::optional_integer(std::string_view key) {
    const Json* member = find(key);
    if (member == nullptr) return std::nullopt;
    if (!member->is_number_integer()) {
        wrong_type(key, "an integer", *member);
        return std::nullopt;
    }
    if (member->is_number_unsigned() && member->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
        problem(key, "is beyond the range of a signed 64-bit integer");
        return std::nullopt;
    }
    return member->get<std::int64_t>();
}

std::optional<double> JsonReader::optional_number(std::string_view key) {
    const Json* member = find(key);
    if (member == nullptr) return std::nullopt;
    if (!member->is_number()) {
        wrong_type(key, "a number", *member);
        return std::nullopt;
    }
    return member->get<double>();
}

std::optional<bool> JsonReader::optional_boolean(std::string_view key) {
    const Json* member = find(key);
    if (member == nullptr) return std::nullopt;
    if (!member->is_boolean()) {
        wrong_type(key, "true or false", *member);
        return std::nullopt;
    }
    return member->get<bool>();
}

const Json* JsonReader::optional_object(std::string_view key) {
    const Json* member = find(key);
    if (member != nullptr && !member->is_object()) {
        wrong_type(key, "an object", *member);
        return nullptr;
    }
    return member;
}

const Json* JsonReader::optional_array(std::string_view key) {
    const Json* member = find(key);
    if (member != nullptr && !member->is_array()) {
        wrong_type(key, "an array", *member);
        return nullptr;
    }
    return member;
}

const Json* JsonReader::optional_any(std::string_view key) { return find(key); }

void JsonReader::missing(std::string_view key) {
    if (is_object_) problem(key, "is required and missing");
}

std::string JsonReader::string(std::string_view key) {
    const std::size_t before = problems_.size();
    auto value = optional_string(key);
    if (!value && problems_.size() == before) missing(key);
    return std::move(value).value_or("");
}

std::string JsonReader::nonempty_string(std::string_view key) {
    const std::size_t before = problems_.size();
    std::string value = string(key);
    if (value.empty() && is_object_ && problems_.size() == before) problem(key, "cannot be empty");
    return value;
}

std::int64_t JsonReader::integer(std::string_view key) {
    const std::size_t before = problems_.size();
    const auto value = optional_integer(key);
    if (!value && problems_.size() == before) missing(key);
    return value.value_or(0);
}

double JsonReader::number(std::string_view key) {
    const std::size_t before = problems_.size();
    const auto value = optional_number(key);
    if (!value && problems_.size() == before) missing(key);
    return value.value_or(0);
}

const Json& JsonReader::object(std::string_view key) {
    const std::size_t before = problems_.size();
    const Json* value = optional_object(key);
    if (value == nullptr && problems_.size() == before) missing(key);
    return value == nullptr ? empty_object() : *value;
}

const Json& JsonReader::array(std::string_view key) {
    const std::size_t before = problems_.size();
    const Json* value = optional_array(key);
    if (value == nullptr && problems_.size() == before) missing(key);
    return value == nullptr ? empty_array() : *value;
}

void JsonReader::refuse_unknown() {
    for (auto it = value_.begin(); it != value_.end(); ++it) {
        if (known_.contains(it.key())) continue;
        std::string known = known_.empty() ? "leave it out" : "known here: ";
        for (const std::string& name : known_) known += (known.ends_with(' ') ? "" : ", ") + name;
        // Said once: a file of a thousand rules with the same unknown member would repeat it a thousand times.
        const bool said = std::ranges::any_of(problems_, [&](const FieldProblem& earlier) { return earlier.fix == known; });
        problem(it.key(), "is not a known field", said ? std::string() : std::move(known));
    }
}

}  // namespace assay
