#include "api/mlflow/message.hpp"

#include "api/mlflow/errors.hpp"
#include "base/python_json.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace assay::mlflow {

namespace {

const Json empty_list = Json::array();

/// Whether `key` is the lowerCamelCase of `name`, and another word.
bool is_camel_of(std::string_view key, std::string_view name) {
    std::size_t at = 0;
    bool upper = false;
    bool other = false;
    for (const char c : name) {
        if (c == '_') {
            upper = other = true;
            continue;
        }
        if (at == key.size() || key[at++] != (upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c)) return false;
        upper = false;
    }
    return other && at == key.size();
}

/// The key by which an object has a field in lowerCamelCase, as no genuine client of Python writes it.
Json::const_iterator find_camel(const Json& body, std::string_view name) {
    if (name.find('_') == std::string_view::npos) return body.end();
    auto at = body.begin();
    while (at != body.end() && !is_camel_of(at.key(), name)) ++at;
    return at;
}

/// What Python calls the type of a JSON value.
std::string_view python_type(const Json& value) {
    if (value.is_string()) return "str";
    if (value.is_boolean()) return "bool";
    if (value.is_number_float()) return "float";
    if (value.is_number()) return "int";
    if (value.is_array()) return "list";
    if (value.is_object()) return "dict";
    return "NoneType";
}

std::optional<std::int64_t> as_integer(const Json& value, Type type) {
    std::optional<std::int64_t> number;
    if (value.is_number_unsigned()) {
        if (value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
        number = value.get<std::int64_t>();
    } else if (value.is_number_integer()) {
        number = value.get<std::int64_t>();
    } else if (value.is_number_float()) {
        const auto real = value.get<double>();
        if (real != std::trunc(real) || std::abs(real) >= 0x1p63) return std::nullopt;
        number = static_cast<std::int64_t>(real);
    } else if (value.is_string()) {
        number = parse_integer(value.get_ref<const std::string&>());
    }
    if (number && type == Type::int32 &&
        (*number < std::numeric_limits<std::int32_t>::min() || *number > std::numeric_limits<std::int32_t>::max()))
        return std::nullopt;
    return number;
}

std::optional<double> as_real(const Json& value) {
    if (value.is_number()) return value.get<double>();
    if (!value.is_string()) return std::nullopt;
    const auto& text = value.get_ref<const std::string&>();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    return parse_number(text);
}

std::optional<Json> as_word(const Json& value, const Field& field) {
    if (value.is_string()) {
        if (std::ranges::find(field.words, value.get_ref<const std::string&>()) != field.words.end()) return value;
    }
    const auto number = as_integer(value, Type::int32);
    if (value.is_number_float() || !number) return std::nullopt;
    const std::int64_t place = *number - field.first_word;
    if (place < 0 || place >= std::ssize(field.words)) return std::nullopt;
    return Json(field.words[static_cast<std::size_t>(place)]);
}

std::optional<Json> as_one(const Json& value, const Field& field) {
    const auto held = [](const auto& found) { return found ? std::optional<Json>(*found) : std::nullopt; };
    switch (field.type) {
        case Type::text: return value.is_string() ? std::optional<Json>(value) : std::nullopt;
        case Type::int64:
        case Type::int32: return held(as_integer(value, field.type));
        case Type::real: return held(as_real(value));
        case Type::boolean: return value.is_boolean() ? std::optional<Json>(value) : std::nullopt;
        case Type::word: return as_word(value, field);
        case Type::message: return value.is_object() ? as_message(value, *field.message) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<Json> as_field(const Json& value, const Field& field) {
    if (!field.repeated) return as_one(value, field);
    if (!value.is_array()) return std::nullopt;
    Json list = Json::array();
    for (const Json& item : value) {
        auto one = as_one(item, field);
        if (!one) return std::nullopt;
        list.push_back(*std::move(one));
    }
    return list;
}

/// The value of a field by either of its names; null when it is not there.
const Json* member(const Json& body, std::string_view name) {
    const auto found = body.find(name);
    if (found != body.end()) return &*found;
    if (!body.is_object()) return nullptr;
    const auto camel = find_camel(body, name);
    return camel == body.end() ? nullptr : &*camel;
}

/// Two spellings of one field are refused: whoever looked at one of them would be deceived by the other.
Result<void> refuse_two_names(const Json& body, const Message& message) {
    if (!body.is_object()) return {};
    for (const Field& field : message.fields) {
        const auto camel = find_camel(body, field.name);
        if (camel != body.end() && body.contains(field.name))
            return refuse(invalid_parameter,
                          fmt::format("Request specifies both '{}' and '{}'; provide only one of them.", field.name, camel.key()));
        if (field.type != Type::message) continue;
        const Json* value = member(body, field.name);
        if (value == nullptr) continue;
        if (!value->is_array()) {
            TRY(refuse_two_names(*value, *field.message));
            continue;
        }
        for (const Json& item : *value) TRY(refuse_two_names(item, *field.message));
    }
    return {};
}

/// What a list of a request may hold; genuine clients send a hundredth. It bounds the time and memory of one request.
constexpr std::size_t max_texts = 10'000;      // every experiment, as clients that search all of them name them
constexpr std::size_t max_messages = 2'000;
constexpr std::size_t max_text = std::size_t{1} << 20U;  // bytes, of what has no limit of MLflow's
constexpr std::array<std::string_view, 5> limited = {"value", "schema", "source", "profile", "model_json"};

Result<void> refuse_too_much(const Json& body, const Message& message) {
    if (!body.is_object()) return {};
    for (const Field& field : message.fields) {
        const Json* value = member(body, field.name);
        if (value == nullptr) continue;
        const std::size_t max_items = field.type == Type::message ? max_messages : max_texts;
        if (value->is_array() && value->size() > max_items)
            return refuse(invalid_parameter,
                          fmt::format("The list '{}' has {} items; at most {} are accepted. Please split it across multiple requests.",
                                      field.name, value->size(), max_items));
        if (value->is_string() && value->get_ref<const std::string&>().size() > max_text &&
            std::ranges::find(limited, field.name) == limited.end())
            return refuse(invalid_parameter, fmt::format("'{}' exceeds the maximum length of {} characters", field.name, max_text));
        if (field.type != Type::message) continue;
        if (value->is_object()) TRY(refuse_too_much(*value, *field.message));
        if (value->is_array())
            for (const Json& item : *value) TRY(refuse_too_much(item, *field.message));
    }
    return {};
}

constexpr std::string_view see_docs = " See the API docs for more information about request parameters.";

std::unexpected<Error> missing(std::string_view path) {
    return refuse(invalid_parameter, fmt::format("Missing value for required parameter '{}'.{}", path, see_docs));
}

std::unexpected<Error> wrong(std::string_view name, const Json& value) {
    return refuse(invalid_parameter, fmt::format("Invalid value {} for parameter '{}' supplied:  Hint: Value was of type '{}'.{}",
                                                 python_json(value), name, python_type(value), see_docs));
}

bool is_absent(const Json& value) { return value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty()); }

bool has_type(const Json& value, const Check& check) {
    if (check.list) {
        return value.is_array() &&
               (check.type != Type::text || std::ranges::all_of(value, [](const Json& item) { return item.is_string(); }));
    }
    switch (*check.type) {
        case Type::text: return value.is_string();
        case Type::int64:
        case Type::int32:
            return value.is_number() || value.is_boolean() || (value.is_string() && parse_integer(value.get_ref<const std::string&>()));
        case Type::real: return value.is_number() || value.is_boolean() || as_real(value).has_value();
        case Type::boolean: return value.is_boolean();
        default: return true;
    }
}

Result<void> check_one(const Check& check, const Json& value, bool is_message) {
    const bool typed = (check.type || check.list) && !is_message;
    if (check.type_first && typed && !has_type(value, check)) return wrong(check.name, value);
    if (check.required && is_absent(value)) return missing(check.name);
    if (!check.type_first && typed && !has_type(value, check)) return wrong(check.name, value);
    if (check.at_most) {
        const auto number = as_integer(value, Type::int64);
        if (number && *number > *check.at_most) return wrong(check.name, value);
    }
    if (!check.within.empty() && value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            for (const std::string_view name : check.within) {
                const Json* inner = value[i].is_object() ? member(value[i], name) : nullptr;
                if (inner == nullptr || is_absent(*inner)) return missing(fmt::format("{}[{}].{}", check.name, i, name));
            }
        }
    }
    return {};
}

/// A run may be named by `run_uuid`, as old clients do.
const Json& parameter(const Json& body, std::string_view name) {
    static const Json nothing;
    if (!body.is_object()) return nothing;
    const auto found = body.find(name);
    if (found != body.end() && !(name == "run_id" && found->is_null())) return *found;
    const auto old = name == "run_id" ? body.find("run_uuid") : body.end();
    return old == body.end() ? nothing : *old;
}

Result<Json> parse_body(const std::string& text) {
    auto body = parse_json(text);
    if (body || text.find_first_of("NI") == std::string::npos) return body;
    return parse_json(replace_python_numbers(text, [](std::string_view word) { return fmt::format("\"{}\"", word); }));
}

Result<void> check_content_type(const Request& request) {
    if (request.method != Method::post && request.method != Method::put) return {};
    const auto type = request.headers.find("Content-Type");
    if (!type) return refuse(invalid_parameter, "Bad Request. Content-Type header is missing.");
    if (split(*type, ';').front() != "application/json")
        return refuse(invalid_parameter, "Bad Request. Content-Type must be one of ['application/json'].");
    return {};
}

struct Body {
    Json json = Json::object();
    std::optional<Error> unreadable;
};

Result<Body> read_body(Request& request) {
    TRY(check_content_type(request));
    TRY_ASSIGN(const std::string text, read_all(*request.body, JsonLimits{}.max_bytes));
    Body body;
    if (text.empty()) return body;
    auto parsed = parse_body(text);
    if (parsed && parsed->is_string()) parsed = parse_body(parsed->get<std::string>());  // old clients encode it twice
    if (!parsed) {
        body.unreadable = std::move(parsed).error();
    } else if (parsed->is_object()) {
        body.json = *std::move(parsed);
    } else if (!parsed->is_null()) {
        body.unreadable =
            Error(ErrorKind::invalid, "invalid-json", fmt::format("the body must be a JSON object, and is a {}", python_type(*parsed)));
    }
    return body;
}

bool is_json_that_is_refused(const Error& error) {
    return error.code == "invalid-json" && error.because.find("at byte ") != 0 && !error.because.empty();
}

Result<Json> read_query(const Request& request, const Message& message) {
    Json read = Json::object();
    for (const auto& [key, value] : request.query_pairs) {
        const auto field = std::ranges::find(message.fields, std::string_view(key), &Field::name);
        if (field == message.fields.end()) continue;
        if (field->repeated) {
            if (!read.contains(key)) read[key] = Json::array();
            read[key].push_back(value);
        } else if (read.contains(key)) {
            continue;  // the first counts
        } else if (field->type == Type::boolean) {
            const std::string lower = to_lower_ascii(value);
            if (lower != "true" && lower != "false")
                return refuse(invalid_parameter, fmt::format("Invalid boolean value: {}, must be 'true' or 'false'.", value));
            read[key] = lower == "true";
        } else {
            read[key] = value;
        }
    }
    return read;
}

}  // namespace

std::optional<Json> as_message(const Json& body, const Message& message) {
    if (!body.is_object()) return std::nullopt;
    Json read = Json::object();
    for (const Field& field : message.fields) {
        const Json* value = member(body, field.name);
        if (value == nullptr || value->is_null()) continue;
        auto one = as_field(*value, field);
        if (!one) return std::nullopt;
        read[std::string(field.name)] = *std::move(one);
    }
    return read;
}

Result<Json> read_message(Request& request, const Message& message, std::span<const Check> checks) {
    Body body;
    if ((request.method == Method::get || request.method == Method::head) && !request.query_pairs.empty()) {
        TRY_ASSIGN(body.json, read_query(request, message));
    } else {
        TRY_ASSIGN(body, read_body(request));
        // What Python would read and we do not (a key twice, too deep) is said; for what is no JSON the protocol has its own words.
        if (body.unreadable && is_json_that_is_refused(*body.unreadable)) return fail(*std::move(body.unreadable));
    }
    TRY(refuse_too_much(body.json, message));
    TRY(refuse_two_names(body.json, message));
    auto read = as_message(body.json, message);
    for (const Check& check : checks) {
        const Json& value = parameter(body.json, check.name);
        if (check.required || body.json.contains(check.name)) TRY(check_one(check, value, read.has_value()));
    }
    if (body.unreadable) return fail(*std::move(body.unreadable));
    if (read) return *std::move(read);
    // A field of the wrong type that no check is about.
    for (const Field& field : message.fields) {
        const Json* value = member(body.json, field.name);
        if (value != nullptr && !value->is_null() && !as_field(*value, field)) return wrong(field.name, *value);
    }
    return refuse(invalid_parameter, "the request cannot be read");
}

std::string text_of(const Json& read, std::string_view name) { return optional_text(read, name).value_or(""); }

std::optional<std::string> optional_text(const Json& read, std::string_view name) {
    const auto found = read.find(name);
    return found == read.end() ? std::nullopt : std::optional(found->get<std::string>());
}

std::optional<std::int64_t> optional_integer(const Json& read, std::string_view name) {
    const auto found = read.find(name);
    return found == read.end() ? std::nullopt : std::optional(found->get<std::int64_t>());
}

const Json& list_of(const Json& read, std::string_view name) {
    const auto found = read.find(name);
    return found == read.end() ? empty_list : *found;
}

std::vector<std::string> texts_of(const Json& read, std::string_view name) {
    std::vector<std::string> texts;
    for (const Json& item : list_of(read, name)) texts.push_back(item.get<std::string>());
    return texts;
}

}  // namespace assay::mlflow
