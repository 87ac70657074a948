#include "base/json.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

namespace assay {

namespace {

/// Builds the value while enforcing what the DOM parser does not: depth, duplicate keys, number range.
class StrictBuilder final : public nlohmann::json_sax<Json> {
public:
    explicit StrictBuilder(std::size_t max_depth) : max_depth_(max_depth) {}

    bool null() override { return add(Json(nullptr)); }
    bool boolean(bool value) override { return add(Json(value)); }
    bool number_integer(number_integer_t value) override { return add(Json(value)); }
    bool number_unsigned(number_unsigned_t value) override { return add(Json(value)); }
    bool number_float(number_float_t value, const string_t& raw) override {
        if (!std::isfinite(value)) return refuse("the number " + printable(raw, 40) + " is out of range");
        // An integer that does not fit 64 bits arrives here as a rounded double, and so do doubles up to 1e21, which RFC 8785
        // writes without exponent: those are read back.
        if (raw.find_first_of(".eE") == std::string::npos && raw != shortest_number(value))
            return refuse("the integer " + printable(raw, 40) + " does not fit 64 bits");
        return add(Json(value));
    }
    bool string(string_t& value) override { return add(Json(std::move(value))); }
    bool binary(binary_t& /*value*/) override { return refuse("binary values are not JSON"); }

    bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
    bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
    bool key(string_t& value) override {
        if (!keys_.back().insert(value).second) return refuse("the key '" + printable(value, 100) + "' appears twice in an object");
        key_ = std::move(value);
        return true;
    }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool parse_error(std::size_t position, const std::string& /*token*/, const nlohmann::detail::exception& error) override {
        if (message.empty()) {
            std::string_view what = error.what();
            const std::size_t start = what.find("] ");
            if (start != std::string_view::npos) what.remove_prefix(start + 2);
            if (const std::size_t detail = what.find(": "); detail != std::string_view::npos) what.remove_prefix(detail + 2);
            message = fmt::format("at byte {}: {}", position, printable(what, 200));
        }
        return false;
    }

    Json root;
    std::string message;

private:
    bool refuse(std::string reason) {
        if (message.empty()) message = std::move(reason);
        return false;
    }

    Json* place(Json value) {
        if (stack_.empty()) {
            root = std::move(value);
            return &root;
        }
        Json& parent = *stack_.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        return &(parent[key_] = std::move(value));
    }

    bool add(Json value) {
        place(std::move(value));
        return true;
    }

    bool open(Json value) {
        if (stack_.size() >= max_depth_) return refuse(fmt::format("nested deeper than {} levels", max_depth_));
        stack_.push_back(place(std::move(value)));
        keys_.emplace_back();
        return true;
    }

    bool close() {
        stack_.pop_back();
        keys_.pop_back();
        return true;
    }

    std::size_t max_depth_;
    std::vector<Json*> stack_;
    std::vector<std::set<std::string>> keys_;
    std::string key_;
};

Error not_canonical(std::string reason) {
    return Error(ErrorKind::invalid, "not-canonical-json", "the value has no canonical JSON").with_because(std::move(reason));
}

/// The UTF-16 code units of well-formed UTF-8: RFC 8785 §3.2.3 sorts keys by them.
std::u16string utf16(std::string_view text) {
    std::u16string units;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        std::uint32_t code_point = length == 1 ? lead : lead & (0xffU >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) code_point = (code_point << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
        i += length;
        if (code_point >= 0x10000) {
            code_point -= 0x10000;
            units += static_cast<char16_t>(0xd800 + (code_point >> 10U));
            units += static_cast<char16_t>(0xdc00 + (code_point & 0x3ffU));
        } else {
            units += static_cast<char16_t>(code_point);
        }
    }
    return units;
}

Result<void> write_string(std::string_view text, std::string& out) {
    if (!is_utf8(text)) return fail(not_canonical("a string is not UTF-8"));
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
                } else {
                    out += c;
                }
        }
    }
    out += '"';
    return {};
}

Result<void> write_canonical(const Json& value, std::string& out) {
    constexpr std::int64_t max_integer = std::int64_t{1} << 53U;
    switch (value.type()) {
        case Json::value_t::null: out += "null"; return {};
        case Json::value_t::boolean: out += value.get<bool>() ? "true" : "false"; return {};
        case Json::value_t::number_integer: {
            const auto number = value.get<std::int64_t>();
            if (number > max_integer || number < -max_integer)
                return fail(not_canonical(fmt::format("the integer {} is beyond 2^53", number)));
            out += fmt::format("{}", number);
            return {};
        }
        case Json::value_t::number_unsigned: {
            const auto number = value.get<std::uint64_t>();
            if (number > static_cast<std::uint64_t>(max_integer))
                return fail(not_canonical(fmt::format("the integer {} is beyond 2^53", number)));
            out += fmt::format("{}", number);
            return {};
        }
        case Json::value_t::number_float: {
            const auto number = value.get<double>();
            if (!std::isfinite(number)) return fail(not_canonical("NaN and infinities are not JSON"));
            out += shortest_number(number);
            return {};
        }
        case Json::value_t::string: return write_string(value.get_ref<const std::string&>(), out);
        case Json::value_t::array: {
            out += '[';
            bool first = true;
            for (const Json& item : value) {
                if (!first) out += ',';
                first = false;
                TRY(write_canonical(item, out));
            }
            out += ']';
            return {};
        }
        case Json::value_t::object: {
            std::vector<std::pair<std::u16string, Json::const_iterator>> members;
            for (auto it = value.begin(); it != value.end(); ++it) {
                if (!is_utf8(it.key())) return fail(not_canonical("a key is not UTF-8"));
                members.emplace_back(utf16(it.key()), it);
            }
            std::ranges::sort(members, {}, [](const auto& member) -> const std::u16string& { return member.first; });
            out += '{';
            bool first = true;
            for (const auto& [units, it] : members) {
                if (!first) out += ',';
                first = false;
                TRY(write_string(it.key(), out));
                out += ':';
                TRY(write_canonical(it.value(), out));
            }
            out += '}';
            return {};
        }
        case Json::value_t::binary:
        case Json::value_t::discarded: break;
    }
    return fail(not_canonical("the value is not JSON"));
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.max_bytes) {
        return fail(Error(ErrorKind::too_large, "json-too-large", fmt::format("the JSON text has {} bytes", text.size()))
                        .with_because(fmt::format("at most {} are read", limits.max_bytes)));
    }
    // The library takes a NUL for the end of its input and would ignore what follows it.
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
        return fail(Error(ErrorKind::invalid, "invalid-json", "the text is not valid JSON")
                        .with_because(fmt::format("at byte {}: a NUL byte", nul + 1)));
    }
    StrictBuilder builder(limits.max_depth);
    const bool complete = Json::sax_parse(text.begin(), text.end(), &builder);
    if (!complete || !builder.message.empty()) {
        return fail(Error(ErrorKind::invalid, "invalid-json", "the text is not valid JSON").with_because(builder.message));
    }
    return std::move(builder.root);
}

Result<std::string> canonical_json(const Json& value) {
    std::string text;
    TRY(write_canonical(value, text));
    return text;
}

std::string to_text(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string to_pretty_text(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace); }

// ECMA-262 §6.1.6.1.20 Number::toString(x, 10): the digits are the shortest that read back equal (std::to_chars),
// the layout depends on the decimal exponent.
std::string shortest_number(double value) {
    if (value == 0) return "0";
    char buffer[64];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value), std::chars_format::scientific);
    const std::string_view scientific(buffer, static_cast<std::size_t>(end - buffer));
    const std::size_t e = scientific.find('e');
    std::string digits(scientific.substr(0, 1));
    if (e > 2) digits += scientific.substr(2, e - 2);
    const std::string_view exponent_text = scientific.substr(scientific[e + 1] == '+' ? e + 2 : e + 1);
    int exponent = 0;
    std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);

    const int count = static_cast<int>(digits.size());
    const int point = exponent + 1;  // position of the decimal point relative to the first digit: ECMAScript's n
    std::string text = value < 0 ? "-" : "";
    if (count <= point && point <= 21) {
        text += digits + std::string(static_cast<std::size_t>(point - count), '0');
    } else if (0 < point && point <= 21) {
        text += digits.substr(0, static_cast<std::size_t>(point)) + "." + digits.substr(static_cast<std::size_t>(point));
    } else if (-6 < point && point <= 0) {
        text += "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    } else {
        text += digits.substr(0, 1);
        if (count > 1) text += "." + digits.substr(1);
        text += fmt::format("e{}{}", exponent < 0 ? '-' : '+', std::abs(exponent));
    }
    return text;
}

}  // namespace assay
