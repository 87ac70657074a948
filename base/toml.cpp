#include "base/toml.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace assay {

namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 20U;
constexpr std::size_t max_depth = 64;  // as of JSON

Error not_toml(std::size_t line, std::size_t column, std::string reason) {
    return Error(ErrorKind::invalid, "invalid-toml", fmt::format("the text is not valid TOML at line {}, column {}", line, column))
        .with_because(std::move(reason));
}

Error not_toml(const toml::source_region& where, std::string reason) {
    return not_toml(where.begin.line, where.begin.column, std::move(reason));
}

std::string too_deep() { return fmt::format("it is nested deeper than {} levels", max_depth); }

/// Where a string that begins at `at` ends: after its closing quotes, or at the end of its line when it has none.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    const std::string_view three = quote == '"' ? "\"\"\"" : "'''";
    const bool long_form = text.substr(at, 3) == three;
    for (at += long_form ? 3 : 1; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\') {
            ++at;
        } else if (long_form ? text.substr(at, 3) == three : text[at] == quote) {
            if (!long_form) return at + 1;
            at += 3;
            for (int more = 0; more < 2 && at < text.size() && text[at] == quote; ++more) ++at;  // the last two may be content
            return at;
        } else if (!long_form && text[at] == '\n') {
            return at;
        }
    }
    return text.size();
}

/// The library bounds the nesting of values, but not of dotted keys, and goes down into those by recursion, past the end of
/// the stack: "a.a.a.a…" must not reach it. Counts dots and brackets outside of strings and comments; what is not TOML is the
/// library's to refuse.
Result<void> refuse_deep_keys(std::string_view text) {
    std::vector<std::size_t> open = {0};  // dots since the last key began, for each bracket that is open
    std::size_t depth = 1;
    std::size_t line = 1;
    std::size_t line_start = 0;
    const auto next_key = [&] {
        depth -= open.back();
        open.back() = 0;
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        switch (text[at]) {
            case '"':
            case '\'': {
                const std::size_t end = end_of_string(text, at);
                for (; at + 1 < end; ++at) {
                    if (text[at] != '\n') continue;
                    ++line;
                    line_start = at + 1;
                }
                break;
            }
            case '#': at = std::min(text.find('\n', at), text.size()) - 1; break;
            case '\n':
                if (open.size() == 1) next_key();
                ++line;
                line_start = at + 1;
                break;
            case ',': next_key(); break;
            case '.':
                ++open.back();
                ++depth;
                break;
            case '[':
            case '{':
                open.push_back(0);
                ++depth;
                break;
            case ']':
            case '}':
                next_key();
                if (open.size() == 1) break;
                open.pop_back();
                --depth;
                break;
            default: break;
        }
        // A float's dot nests nothing, and [[…]] names one table: a little more than to_json allows.
        if (depth > max_depth + 4) return fail(not_toml(line, at - line_start + 1, too_deep()));
    }
    return {};
}

/// `depth`: containers around this one, itself included.
Result<Json> to_json(const toml::node& node, std::size_t depth) {
    if (depth > max_depth && (node.is_table() || node.is_array())) return fail(not_toml(node.source(), too_deep()));
    switch (node.type()) {
        case toml::node_type::table: {
            Json object = Json::object();
            for (const auto& [key, value] : *node.as_table()) {
                TRY_ASSIGN(object[std::string(key.str())], to_json(value, depth + 1));
            }
            return object;
        }
        case toml::node_type::array: {
            Json array = Json::array();
            for (const auto& item : *node.as_array()) {
                TRY_ASSIGN(Json value, to_json(item, depth + 1));
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
    TRY(refuse_deep_keys(text));
    try {
        const toml::table table = toml::parse(text);
        return to_json(table, 1);
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
