#include "base/toml.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>

namespace assay {

namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 20U;

Error not_toml(const toml::source_region& where, std::string reason) {
    return Error(ErrorKind::invalid, "invalid-toml",
                 fmt::format("the text is not valid TOML at line {}, column {}", where.begin.line, where.begin.column))
        .with_because(std::move(reason));
}

Result<Json> to_json(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::table: {
            Json object = Json::object();
            for (const auto& [key, value] : *node.as_table()) {
                TRY_ASSIGN(object[std::string(key.str())], to_json(value));
            }
            return object;
        }
        case toml::node_type::array: {
            Json array = Json::array();
            for (const auto& item : *node.as_array()) {
                TRY_ASSIGN(Json value, to_json(item));
                array.push_back(std::move(value));
            }
            return array;
        }
        case toml::node_type::string: return Json(node.as_string()->get());
        case toml::node_type::integer: return Json(node.as_integer()->get());
        case toml::node_type::boolean: return Json(node.as_boolean()->get());
        case toml::node_type::floating_point: {
            const double value = node.as_floating_point()->get();
            if (!std::isfinite(value)) return fail(not_toml(node.source(), "NaN and infinities are not accepted"));
            return Json(value);
        }
        case toml::node_type::date:
        case toml::node_type::time:
        case toml::node_type::date_time: return fail(not_toml(node.source(), "dates and times are written as strings"));
        case toml::node_type::none: break;
    }
    return fail(not_toml(node.source(), "the value has no type"));
}

}  // namespace

Result<Json> parse_toml(std::string_view text) {
    if (text.size() > max_bytes) {
        return fail(Error(ErrorKind::too_large, "toml-too-large", fmt::format("the TOML text has {} bytes", text.size()))
                        .with_because(fmt::format("at most {} are read", max_bytes)));
    }
    try {
        const toml::table table = toml::parse(text);
        return to_json(table);
    } catch (const toml::parse_error& error) {
        return fail(not_toml(error.source(), printable(error.description(), 300)));
    }
}

std::string toml_string(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        switch (c) {
            case '"': quoted += "\\\""; break;
            case '\\': quoted += "\\\\"; break;
            case '\b': quoted += "\\b"; break;
            case '\t': quoted += "\\t"; break;
            case '\n': quoted += "\\n"; break;
            case '\f': quoted += "\\f"; break;
            case '\r': quoted += "\\r"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
                    quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
                } else {
                    quoted += c;
                }
        }
    }
    return quoted + '"';
}

std::string toml_key(std::string_view key) {
    const bool bare = !key.empty() && std::ranges::all_of(key, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    return bare ? std::string(key) : toml_string(key);
}

}  // namespace assay
