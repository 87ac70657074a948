#include "artifact/sample.hpp"

#include "artifact/sample_json.hpp"
#include "artifact/sample_values.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace assay {

namespace {

constexpr std::array<std::string_view, 6> methods = {"predict",           "predict_proba", "predict_log_proba",
                                                     "decision_function", "transform",     "score_samples"};
constexpr std::size_t max_dimensions = 8;
constexpr std::size_t max_members = 20;  // of any object of a sample; what has more is none

class SampleReader {
public:
    SampleReader(const SampleLimits& limits, Problems& problems) : limits_(limits), problems_(problems) {}

    Sample read(const Json& value, SampleOutputs needed) {
        if (!value.is_object()) {
            problems_.push_back({"(sample)", fmt::format("must be an object, not {}", type_in_words(value)), ""});
            return {};
        }
        if (has_too_many_members(value, "(sample)")) return {};
        JsonReader reader(value, "", problems_);
        const std::string schema = reader.string("schema");
        if (reader.has("schema") && !schema.empty() && schema != sample_schema)
            reader.problem("schema", fmt::format("is '{}', not '{}'", printable(schema, 100), sample_schema));
        read_rows(reader);
        const Json& input = reader.object("input");
        if (value.contains("input") && value["input"].is_object()) read_input(input);
        const std::size_t before = problems_.size();
        const Json* outputs = reader.optional_object("outputs");
        if (outputs != nullptr) read_outputs(*outputs);
        if (needed == SampleOutputs::required && (outputs == nullptr || outputs->empty()) && problems_.size() == before) {
            reader.problem("outputs", "is required and missing: a version keeps a sample for what the model answered",
                           "assay.sample(model, X) in Python computes them");
        }
        if (const Json* tolerance = reader.optional_object("tolerance")) read_tolerance(*tolerance);
        reader.refuse_unknown();
        return std::move(sample_);
    }

private:
    bool enough() const { return problems_.size() > limits_.max_problems; }

    bool has_too_many_members(const Json& value, const std::string& path) {
        if (!value.is_object() || value.size() <= max_members) return false;
        problems_.push_back({path, fmt::format("has {} members, more than any part of a sample", value.size()), ""});
        return true;
    }

    void read_rows(JsonReader& reader) {
        const std::size_t before = problems_.size();
        const std::int64_t rows = reader.integer("rows");
        if (problems_.size() != before) return;
        if (rows < 1) {
            reader.problem("rows", fmt::format("is {}: a sample has at least one row", rows));
        } else if (static_cast<std::uint64_t>(rows) > limits_.max_rows) {
            reader.problem("rows", fmt::format("is {}, at most {} are accepted", rows, limits_.max_rows), "give fewer rows");
        } else {
            sample_.rows = static_cast<std::size_t>(rows);
        }
    }

    void read_input(const Json& input) {
        if (has_too_many_members(input, "input")) return;
        JsonReader reader(input, "input", problems_);
        const std::string kind = reader.string("kind");
        if (kind == "table") {
            read_table(reader);
        } else if (kind == "matrix") {
            read_matrix(reader);
        } else if (kind == "text") {
            const Json& values = reader.array("values");
            if (is_array(reader, "values") && sample_.rows != 0) {
                SampleArray array =
                    read_values(values, {sample_.rows}, {SampleType::string, false, false, ""}, "input.values", limits_, problems_);
                sample_.input = SampleTexts{std::get<std::vector<std::string>>(std::move(array.values))};
            }
        } else if (kind == "records") {
            const Json& values = reader.array("values");
            if (is_array(reader, "values") && sample_.rows != 0)
                sample_.input = read_records(values, sample_.rows, "input.values", limits_, problems_);
        } else {
            if (input.contains("kind") && input["kind"].is_string())
                reader.problem("kind", fmt::format("is '{}'", printable(kind, 100)), "one of table, matrix, text, records");
            return;  // which members are known depends on it
        }
        reader.refuse_unknown();
    }

    void read_table(JsonReader& reader) {
        const Json& list = reader.array("columns");
        if (list.empty() && is_array(reader, "columns")) reader.problem("columns", "is empty: a table has at least one column");
        if (list.size() > limits_.max_columns || list.size() * sample_.rows > limits_.max_values) {
            reader.problem("columns",
                           fmt::format("has {} columns; at most {}, and {} values, are accepted", list.size(), limits_.max_columns,
                                       limits_.max_values),
                           "give fewer rows");
            return;
        }
        SampleTable table;
        std::set<std::string, std::less<>> names;
        for (std::size_t i = 0; i < list.size() && !enough(); ++i) {
            const std::string path = reader.path_of("columns", i);
            if (has_too_many_members(list[i], path)) continue;
            SampleColumn column = read_column(list[i], path);
            if (list[i].is_object() && list[i].contains("name") && list[i]["name"].is_string() && !names.insert(column.name).second)
                problems_.push_back({path + ".name", fmt::format("is '{}', as that of another column", printable(column.name, 100)), ""});
            table.columns.push_back(std::move(column));
        }
        sample_.input = std::move(table);
    }

    SampleColumn read_column(const Json& value, const std::string& path) {
        SampleColumn column;
        const std::size_t before = problems_.size();
        JsonReader reader(value, path, problems_);
        column.name = reader.string("name");
        if (column.name.size() > limits_.max_name_bytes)
            reader.problem("name", fmt::format("has {} bytes, at most {} are accepted", column.name.size(), limits_.max_name_bytes));
        const auto type = read_type(reader);
        column.dtype = reader.optional_string("dtype").value_or("");
        const bool categorical = column.dtype == "category";
        if (type) {
            const ValueRules rules = rules_of(reader, *type, column.dtype, categorical);
            column.missing_as = read_missing(reader, rules, categorical);
            if (categorical) read_categories(reader, rules, column);
            read_column_values(reader, rules, before, column);
        } else {
            for (const char* key : {"missing", "values", "categories", "ordered"})
                (void)reader.optional_any(key);  // without a type, anything
        }
        if (!categorical && type) {
            for (const char* key : {"categories", "ordered"}) {
                if (reader.optional_any(key) != nullptr) reader.problem(key, "says something only of a column whose dtype is category");
            }
        }
        reader.refuse_unknown();
        return column;
    }

    void read_column_values(JsonReader& reader, const ValueRules& rules, std::size_t before, SampleColumn& column) {
        const Json& values = reader.array("values");
        if (sample_.rows == 0 || !is_array(reader, "values")) return;
        column.array = read_values(values, {sample_.rows}, rules, reader.path_of("values"), limits_, problems_);
        if (column.categories && problems_.size() == before) check_categories(reader, column);
    }

    void read_matrix(JsonReader& reader) {
        SampleMatrix matrix;
        const auto type = read_type(reader);
        matrix.dtype = reader.optional_string("dtype").value_or("");
        const auto shape = read_shape(reader);
        const Json& values = reader.array("values");
        if (shape && shape->size() != 2) {
            reader.problem("shape", fmt::format("has {} dimensions: a matrix has rows and columns", shape->size()));
        } else if (shape && (*shape)[1] == 0) {
            reader.problem("shape", "has no columns: a matrix has at least one");
        } else if (shape && (*shape)[1] > limits_.max_columns) {
            reader.problem("shape", fmt::format("has {} columns, at most {} are accepted", (*shape)[1], limits_.max_columns));
        } else if (type) {
            if (!matrix.dtype.empty() && matrix.dtype != "object" && matrix.dtype != "str" && !type_of_numpy_name(matrix.dtype))
                reader.problem("dtype", fmt::format("is '{}'", printable(matrix.dtype, 100)), "a NumPy number type, object or str");
            const ValueRules rules = rules_of(reader, *type, matrix.dtype, false);
            matrix.missing_as = read_missing(reader, rules, false);
            if (shape && is_array(reader, "values"))
                matrix.array = read_values(values, *shape, rules, reader.path_of("values"), limits_, problems_);
        }
        (void)reader.optional_any("missing");
        sample_.input = std::move(matrix);
    }

    static bool is_array(JsonReader& reader, std::string_view key) {
        const Json* value = reader.optional_any(key);
        return value != nullptr && value->is_array();
    }

    std::optional<SampleType> read_type(JsonReader& reader) {
        const std::size_t before = problems_.size();
        const std::string name = reader.string("type");
        const auto type = sample_type(name);
        if (!type && problems_.size() == before)
            reader.problem("type", fmt::format("is '{}'", printable(name, 100)), "one of float64, float32, int64, bool, string");
        return type;
    }

    /// Which values a type and a dtype allow; what the two cannot be together is a problem.
    ValueRules rules_of(JsonReader& reader, SampleType type, const std::string& dtype, bool categorical) {
        const bool floats = type == SampleType::float64 || type == SampleType::float32;
        if (dtype.size() > limits_.max_name_bytes) {
            reader.problem("dtype", fmt::format("has {} bytes, at most {} are accepted", dtype.size(), limits_.max_name_bytes));
        } else if (has_control_characters(dtype)) {
            reader.problem("dtype", "holds a control character");
        }
        if (const auto numpy = type_of_numpy_name(dtype)) {
            if (*numpy != type)
                reader.problem("dtype",
                               fmt::format("is {}, whose values are kept as {}, not as {}", dtype, to_string(*numpy), to_string(type)));
            return {type, false, true, dtype};
        }
        if (dtype == "str" && type != SampleType::string)
            reader.problem("dtype", fmt::format("is str, whose values are kept as string, not as {}", to_string(type)));
        // NumPy's own types have no null. Python objects, text, categories and the types of pandas have.
        const bool plain = dtype.empty() && type != SampleType::string;
        return {type, !plain, plain && floats && !categorical, ""};
    }

    MissingSpelling read_missing(JsonReader& reader, const ValueRules& rules, bool categorical) {
        const auto text = reader.optional_string("missing");
        if (!text || *text == "nan") return MissingSpelling::nan;
        if (*text != "none" && *text != "pd.NA") {
            reader.problem("missing", fmt::format("is '{}'", printable(*text, 100)), "one of nan, none, pd.NA");
        } else if (!rules.nulls || categorical) {
            reader.problem("missing", fmt::format("is '{}', but what is missing here is always NaN", *text), "leave it out");
        }
        return *text == "none" ? MissingSpelling::none : MissingSpelling::pandas_na;
    }

    void read_categories(JsonReader& reader, ValueRules rules, SampleColumn& column) {
        const Json& list = reader.array("categories");
        const bool ordered = reader.optional_boolean("ordered").value_or(false);
        if (!is_array(reader, "categories")) return;
        if (list.size() > limits_.max_values) {
            reader.problem("categories", fmt::format("has {} entries, at most {} are accepted", list.size(), limits_.max_values));
            return;
        }
        rules.nulls = false;
        SampleArray array = read_values(list, {list.size()}, rules, reader.path_of("categories"), limits_, problems_);
        column.categories = SampleCategories{std::move(array.values), ordered};
    }

    /// Categories differ, and every value is one of them. REQUIRES that the column could be read.
    void check_categories(JsonReader& reader, const SampleColumn& column) {
        std::visit(
            [&](const auto& categories) {
                using Values = std::decay_t<decltype(categories)>;
                const std::set<typename Values::value_type> known(categories.begin(), categories.end());
                if (known.size() != categories.size()) reader.problem("categories", "names a category twice");
                const auto& values = std::get<Values>(column.array.values);
                for (std::size_t i = 0; i < values.size() && !enough(); ++i) {
                    const bool missing = !column.array.missing.empty() && column.array.missing[i] != 0;
                    if (!missing && !known.contains(values[i]))
                        problems_.push_back({reader.path_of("values", i), "is none of the categories", ""});
                }
            },
            column.categories->values);
    }

    /// A shape whose first dimension is the rows; absent when it is none, which is a problem then.
    std::optional<std::vector<std::size_t>> read_shape(JsonReader& reader) {
        const Json& list = reader.array("shape");
        if (!is_array(reader, "shape")) return std::nullopt;
        if (list.empty() || list.size() > max_dimensions) {
            reader.problem("shape", fmt::format("has {} dimensions; 1 to {} are possible", list.size(), max_dimensions));
            return std::nullopt;
        }
        std::vector<std::size_t> shape;
        std::size_t count = 1;
        for (std::size_t i = 0; i < list.size(); ++i) {
            const Json& item = list[i];
            if (!item.is_number_integer() || item < 0 || item > limits_.max_values) {
                problems_.push_back({reader.path_of("shape", i), fmt::format("must be an integer from 0 to {}", limits_.max_values), ""});
                return std::nullopt;
            }
            shape.push_back(item.get<std::size_t>());
            count *= shape.back();  // stays below 2^64: both factors are at most max_values
            if (count > limits_.max_values) {
                reader.problem("shape", fmt::format("has more than {} values", limits_.max_values), "give fewer rows");
                return std::nullopt;
            }
        }
        if (sample_.rows == 0) return std::nullopt;  // how many there should be is not known
        if (shape.front() != sample_.rows) {
            problems_.push_back(
                {reader.path_of("shape", 0), fmt::format("is {}, but the sample has {} rows", shape.front(), sample_.rows), ""});
            return std::nullopt;
        }
        return shape;
    }

    void read_outputs(const Json& outputs) {
        if (has_too_many_members(outputs, "outputs")) return;
        for (auto it = outputs.begin(); it != outputs.end() && !enough(); ++it) {
            const std::string path = "outputs." + printable(it.key(), 100);
            if (std::ranges::find(methods, it.key()) == methods.end()) {
                problems_.push_back(
                    {path, "is not a method whose outputs a sample keeps", fmt::format("one of {}", fmt::join(methods, ", "))});
                continue;
            }
            if (has_too_many_members(*it, path)) continue;
            JsonReader reader(*it, path, problems_);
            const auto type = read_type(reader);
            const auto shape = read_shape(reader);
            const Json& values = reader.array("values");
            if (type && shape && is_array(reader, "values"))
                sample_.outputs.emplace(it.key(),
                                        read_values(values, *shape, {*type, false, true, ""}, path + ".values", limits_, problems_));
            reader.refuse_unknown();
        }
    }

    void read_tolerance(const Json& value) {
        if (has_too_many_members(value, "tolerance")) return;
        JsonReader reader(value, "tolerance", problems_);
        const std::string kind = reader.string("kind");
        if (kind == "close") {
            sample_.tolerance = {false, read_bound(reader, "abs"), read_bound(reader, "rel")};
        } else if (kind != "exact") {
            if (value.contains("kind") && value["kind"].is_string())
                reader.problem("kind", fmt::format("is '{}'", printable(kind, 100)), "exact, or close with abs and rel");
            return;
        }
        reader.refuse_unknown();
    }

    static double read_bound(JsonReader& reader, std::string_view key) {
        const double bound = reader.optional_number(key).value_or(0);
        if (!std::isfinite(bound) || bound < 0) reader.problem(key, fmt::format("is {}: a finite number, 0 or more, is needed", bound));
        return bound;
    }

    const SampleLimits& limits_;
    Problems& problems_;
    Sample sample_;
};

}  // namespace

Result<Sample> read_sample(const Json& value, SampleOutputs outputs, const SampleLimits& limits) {
    Problems problems;
    Sample sample = SampleReader(limits, problems).read(value, outputs);
    if (problems.size() > limits.max_problems) {
        problems.resize(limits.max_problems);
        problems.push_back({"(more)", "there are more problems than these", ""});
    }
    TRY(refuse_if_any(problems, "invalid-sample", "this is not a sample"));
    return sample;
}

Result<Sample> parse_sample(std::string_view text, SampleOutputs outputs, const SampleLimits& limits) {
    // A comma stands between any two values, so their number bounds what reading would take in memory.
    const auto commas = static_cast<std::size_t>(std::ranges::count(text, ','));
    if (text.size() <= limits.max_bytes && commas > limits.max_all_values) {
        // Texts may be full of commas; such a sample is as unreadable for people as one with that many numbers.
        return fail(Error(ErrorKind::too_large, "sample-too-large", "the sample is too large")
                        .with_because(fmt::format("it has {} commas, at most {} are read", commas, limits.max_all_values))
                        .with_fix("give fewer rows"));
    }
    auto json = parse_json(text, {limits.max_bytes, 16});
    if (!json && json.error().code == "invalid-json")
        return fail(std::move(json).error().with_fix("NaN and infinities are written as strings: \"NaN\", \"Infinity\", \"-Infinity\""));
    TRY_ASSIGN(const Json value, std::move(json));
    return read_sample(value, outputs, limits);
}

}  // namespace assay
