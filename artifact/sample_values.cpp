#include "artifact/sample_values.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

namespace assay {

namespace {

constexpr std::array<std::string_view, 5> type_names = {"float64", "float32", "int64", "bool", "string"};

struct NumpyInteger {
    std::string_view name;
    std::int64_t least;
    std::int64_t most;
};
constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();
// The sample keeps integers of 64 bits with a sign, so a uint64 beyond them has no place in it.
constexpr std::array<NumpyInteger, 8> numpy_integers = {{{"int8", -128, 127},
                                                         {"int16", -32768, 32767},
                                                         {"int32", INT32_MIN, INT32_MAX},
                                                         {"int64", INT64_MIN, int64_max},
                                                         {"uint8", 0, 255},
                                                         {"uint16", 0, 65535},
                                                         {"uint32", 0, UINT32_MAX},
                                                         {"uint64", 0, int64_max}}};

SampleValues empty_values(SampleType type, std::size_t count) {
    switch (type) {
        case SampleType::float64: return std::vector<double>(count, std::numeric_limits<double>::quiet_NaN());
        case SampleType::float32: return std::vector<float>(count, std::numeric_limits<float>::quiet_NaN());
        case SampleType::int64: return std::vector<std::int64_t>(count);
        case SampleType::boolean: return std::vector<std::uint8_t>(count);
        case SampleType::string: break;
    }
    return std::vector<std::string>(count);
}

/// The nearest float, as NumPy rounds a double. Absent when that is beyond the largest one.
std::optional<float> to_float(double value) {
    constexpr double largest = std::numeric_limits<float>::max();
    if (std::isnan(value) || std::isinf(value)) return static_cast<float>(value);
    if (std::abs(value) <= largest) return static_cast<float>(value);
    // Up to half a step beyond it the largest is the nearest; its own shortest decimal, 3.4028235e+38, is such a number.
    if (std::abs(value) >= 0x1.ffffffp127) return std::nullopt;
    return static_cast<float>(std::copysign(largest, value));
}

/// True for what IEEE 754 binary16 expresses: 11 significant bits from 2^-14 to 65504, steps of 2^-24 below.
bool fits_float16(float value) {
    if (!std::isfinite(value) || value == 0) return true;
    if (std::abs(value) > 65504) return false;
    const int exponent = std::max(std::ilogb(value), -14);
    const float in_steps = std::ldexp(value, 10 - exponent);
    return in_steps == std::trunc(in_steps);
}

class ValuesReader {
public:
    ValuesReader(SampleArray& array, const ValueRules& rules, const SampleLimits& limits, Problems& problems)
        : array_(array), rules_(rules), limits_(limits), problems_(problems) {}

    /// `path` is extended in place and restored: most values are good and need no path.
    void read(const Json& list, std::size_t dimension, std::string& path) {
        const std::size_t expected = array_.shape[dimension];
        std::size_t below = 1;
        for (std::size_t i = dimension + 1; i < array_.shape.size(); ++i) below *= array_.shape[i];
        if (!list.is_array() || list.size() != expected) {
            const std::string found = list.is_array() ? fmt::format("{}", list.size()) : std::string(type_in_words(list));
            add(path, fmt::format("must be a list of {} {}, not {}", expected, dimension == 0 ? "rows" : "values", found));
            next_ += expected * below;
            return;
        }
        const bool innermost = dimension + 1 == array_.shape.size();
        const std::size_t length = path.size();
        for (std::size_t i = 0; i < expected; ++i) {
            if (innermost) {
                if (const auto problem = take(list[i])) add(fmt::format("{}[{}]", path, i), *problem);
                ++next_;
            } else {
                path += fmt::format("[{}]", i);
                read(list[i], dimension + 1, path);
                path.resize(length);
            }
        }
    }

private:
    void add(std::string path, std::string message) {
        if (problems_.size() <= limits_.max_problems) problems_.push_back({std::move(path), std::move(message), ""});
    }

    std::optional<std::string> take(const Json& value) {
        if (value.is_null()) {
            if (!rules_.nulls)
                return rules_.type <= SampleType::float32 ? "cannot be null: a missing number is \"NaN\" here" : "cannot be null";
            if (array_.missing.empty()) array_.missing.resize(std::visit([](const auto& all) { return all.size(); }, array_.values));
            array_.missing[next_] = 1;
            return std::nullopt;
        }
        switch (rules_.type) {
            case SampleType::float64:
            case SampleType::float32: return take_float(value);
            case SampleType::int64: return take_integer(value);
            case SampleType::boolean:
                if (!value.is_boolean()) return not_a("true or false", value);
                std::get<std::vector<std::uint8_t>>(array_.values)[next_] = value.get<bool>() ? 1 : 0;
                return std::nullopt;
            case SampleType::string: break;
        }
        if (!value.is_string()) return not_a("a string", value);
        const std::string& text = value.get_ref<const std::string&>();
        if (text.size() > limits_.max_text_bytes)
            return fmt::format("has {} bytes, at most {} are accepted", text.size(), limits_.max_text_bytes);
        std::get<std::vector<std::string>>(array_.values)[next_] = text;
        return std::nullopt;
    }

    std::optional<std::string> take_float(const Json& value) {
        double number = 0;
        if (value.is_number()) {
            number = value.get<double>();
        } else if (value.is_string()) {
            const std::string& text = value.get_ref<const std::string&>();
            if (text == "NaN") {
                if (!rules_.nan) return "must be null, not \"NaN\": a missing value has one spelling in a column";
                number = std::numeric_limits<double>::quiet_NaN();
            } else if (text == "Infinity" || text == "-Infinity") {
                number = std::copysign(std::numeric_limits<double>::infinity(), text.front() == '-' ? -1.0 : 1.0);
            } else {
                return fmt::format("must be a number, \"NaN\", \"Infinity\" or \"-Infinity\", not the text '{}'", printable(text, 40));
            }
        } else {
            return not_a("a number", value);
        }
        if (rules_.type == SampleType::float64) {
            std::get<std::vector<double>>(array_.values)[next_] = number;
            return std::nullopt;
        }
        const auto single = to_float(number);
        if (!single || (rules_.fits == "float16" && !fits_float16(*single)))
            return fmt::format("{} does not fit {}", number, rules_.fits == "float16" ? "float16" : "float32");
        std::get<std::vector<float>>(array_.values)[next_] = *single;
        return std::nullopt;
    }

    std::optional<std::string> take_integer(const Json& value) {
        if (!value.is_number_integer()) return not_a("an integer", value);
        if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(int64_max))
            return fmt::format("{} does not fit 64 bits with a sign", value.get<std::uint64_t>());
        const auto number = value.get<std::int64_t>();
        for (const NumpyInteger& numpy : numpy_integers) {
            if (numpy.name == rules_.fits && (number < numpy.least || number > numpy.most))
                return fmt::format("{} does not fit {}", number, numpy.name);
        }
        std::get<std::vector<std::int64_t>>(array_.values)[next_] = number;
        return std::nullopt;
    }

    std::string not_a(std::string_view expected, const Json& value) const {
        if (value.is_string() && rules_.type != SampleType::string)
            return fmt::format("must be {}, not the text '{}'", expected, printable(value.get_ref<const std::string&>(), 40));
        return fmt::format("must be {}, not {}", expected, type_in_words(value));
    }

    SampleArray& array_;
    const ValueRules& rules_;
    const SampleLimits& limits_;
    Problems& problems_;
    std::size_t next_ = 0;
};

Json float_to_json(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
    return value;
}

/// The double with the shortest digits that rounds to this float, where there is one.
Json float32_to_json(float value) {
    if (!std::isfinite(value)) return float_to_json(value);
    const double shortest = std::strtod(fmt::format("{}", value).c_str(), nullptr);
    return to_float(shortest) == value ? Json(shortest) : Json(static_cast<double>(value));
}

}  // namespace

std::string_view to_string(SampleType type) { return type_names[static_cast<std::size_t>(type)]; }

std::optional<SampleType> sample_type(std::string_view name) {
    for (std::size_t i = 0; i < type_names.size(); ++i) {
        if (type_names[i] == name) return static_cast<SampleType>(i);
    }
    return std::nullopt;
}

std::optional<SampleType> type_of_numpy_name(std::string_view dtype) {
    for (const NumpyInteger& numpy : numpy_integers) {
        if (numpy.name == dtype) return SampleType::int64;
    }
    if (dtype == "float16" || dtype == "float32") return SampleType::float32;
    if (dtype == "float64") return SampleType::float64;
    if (dtype == "bool") return SampleType::boolean;
    return std::nullopt;
}

SampleArray read_values(const Json& values, std::vector<std::size_t> shape, const ValueRules& rules, const std::string& path,
                        const SampleLimits& limits, Problems& problems) {
    std::size_t count = 1;
    for (const std::size_t n : shape) count *= n;
    SampleArray array{std::move(shape), empty_values(rules.type, count), {}};
    std::string place = path;
    ValuesReader(array, rules, limits, problems).read(values, 0, place);
    return array;
}

Json value_to_json(const SampleValues& values, std::size_t index) {
    switch (static_cast<SampleType>(values.index())) {
        case SampleType::float64: return float_to_json(std::get<std::vector<double>>(values)[index]);
        case SampleType::float32: return float32_to_json(std::get<std::vector<float>>(values)[index]);
        case SampleType::int64: return std::get<std::vector<std::int64_t>>(values)[index];
        case SampleType::boolean: return std::get<std::vector<std::uint8_t>>(values)[index] != 0;
        case SampleType::string: break;
    }
    return std::get<std::vector<std::string>>(values)[index];
}

}  // namespace assay
