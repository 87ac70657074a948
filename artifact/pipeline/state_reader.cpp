#include "artifact/pipeline/state_reader.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace assay::pipeline {

namespace {

std::optional<Writer> parse_writer(std::string_view text) {
    Writer writer;
    const char* const end = text.data() + text.size();
    auto [at, problem] = std::from_chars(text.data(), end, writer.major);
    if (problem != std::errc() || at == end || *at != '.') return std::nullopt;
    const auto minor = std::from_chars(at + 1, end, writer.minor);
    if (minor.ec != std::errc()) return std::nullopt;
    // "1.7.2", "1.7.2.post1"; a pre-release is a code of its own.
    if (minor.ptr == end) return writer;
    if (*minor.ptr != '.') return std::nullopt;
    const auto patch = std::from_chars(minor.ptr + 1, end, writer.patch);
    if (patch.ec != std::errc()) return std::nullopt;
    const std::string_view rest(patch.ptr, static_cast<std::size_t>(end - patch.ptr));
    return rest.empty() || rest.starts_with(".post") ? std::optional(writer) : std::nullopt;
}

/// What a cell costs in memory, with its place in an index, beside a number.
constexpr std::uint64_t numbers_per_cell = 16;

std::string shape_in_words(const FittedArray& array) { return fmt::format("({})", fmt::join(array.shape, ", ")); }

}  // namespace

namespace {

/// A transformer whose output is made a table (set_output): float64, texts and NaN stay what they are, but pandas 3 makes NaN of None, and
/// each column keeps a type of its own.
class TableOutput final : public Step {
public:
    explicit TableOutput(std::unique_ptr<Step> inner) : inner_(std::move(inner)) {
        place = inner_->place;
        input = inner_->input;
    }
    [[nodiscard]] bool has(Method method) const override { return inner_->has(method); }
    [[nodiscard]] bool is_exact(Method method) const override { return inner_->is_exact(method); }
    [[nodiscard]] std::size_t widest() const override { return inner_->widest(); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override { return inner_->predict(std::move(rows)); }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override { return inner_->scores(method, std::move(rows)); }
    [[nodiscard]] bool inverts() const override { return inner_->inverts(); }
    [[nodiscard]] Result<Data> inverse_transform(Data rows) const override { return inner_->inverse_transform(std::move(rows)); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Data given, inner_->transform(std::move(rows)));
        Data made = dense(std::move(given));
        if (!stays_the_same(made))
            return not_replayable(
                "its output is made a table (set_output) of None, pandas.NA or other numbers than float64, of which releases "
                "of pandas make different things");
        return made;
    }

private:
    static bool stays_the_same(const Data& made) {
        if (made.is_matrix()) return made.type == NumberType::float64;
        return std::ranges::all_of(std::get<std::vector<Column>>(made.values), [](const Column& column) {
            if (!column.objects) return column.type == NumberType::float64 && !column.extension;
            return std::ranges::none_of(column.cells,
                                        [](const Cell& cell) { return cell.kind == Cell::Kind::none || cell.kind == Cell::Kind::na; });
        });
    }

    std::unique_ptr<Step> inner_;
};

}  // namespace

std::unique_ptr<Step> StateReader::with_output(std::unique_ptr<Step> made) const {
    if (!table_output_ || !made->has(Method::transform)) return made;
    return std::make_unique<TableOutput>(std::move(made));
}

std::unexpected<Error> not_decodable(std::string_view title, std::string because) {
    return fail(Error(ErrorKind::invalid, "not-decodable", fmt::format("not decodable: {}", title)).with_because(std::move(because)));
}

StateReader::StateReader(Fitted object, std::string place, Budget& budget) : object_(object), place_(std::move(place)), budget_(&budget) {
    const FittedObject found = object.object();
    cls_ = found.cls;
    if (!found.plain) problem("something else is done to it while it is loaded");
    if (!found.state) problem("it has no state: it was never fitted");
    if (failed()) return;
    const auto entries = object.at(*found.state).entries();
    if (!may_copy(entries.size())) return;
    for (const auto& [key, value] : entries) {
        if (const auto name = key.as_text()) {
            attributes_.emplace_back(*name, value);
        } else {
            problem("an attribute has a name that is no text");
        }
    }
    read_common();
}

std::string StateReader::title() const {
    const std::string name = "`" + printable(cls_, 200) + "`";
    return place_.empty() ? name : place_ + " " + name;
}

void StateReader::read_common() {
    if (const auto release = find("_sklearn_version")) {
        const auto writer = release->as_text() ? parse_writer(*release->as_text()) : std::nullopt;
        if (!writer)
            return problem(fmt::format("it was written by {}, which is no release of scikit-learn that is known", release->describe()));
        writer_ = *writer;
    } else if (cls_.starts_with("sklearn.") && has("n_features_in_")) {
        return problem("it does not say which release of scikit-learn wrote it");
    }
    if (const auto width = find("n_features_in_"); width && !width->is_none()) {
        const auto count = width->as_integer();
        if (!count || *count < 0 || *count > max_features)
            return problem("attribute n_features_in_ is no number of features that are computed with");
        input_.width = static_cast<std::size_t>(*count);
    }
    if (const auto names = find("feature_names_in_")) {
        input_.names = texts_of(*names, "attribute feature_names_in_");
        if (input_.width != 0 && input_.names.size() != input_.width) problem("attribute feature_names_in_ has not n_features_in_ names");
    }
    input_.names_must_match = !writer_.before(1, 2);
    if (const auto config = find("_sklearn_output_config"); config && config->is(FittedKind::dict)) {
        for (const auto& [key, value] : config->entries()) {
            if (key.as_text() != "transform" || value.as_text() == "pandas" || value.as_text() == "polars") {
                table_output_ = true;
            } else if (!value.is_none() && value.as_text() != "default") {
                problem("attribute _sklearn_output_config is not known: it could change what it gives");
            }
        }
    }
    known({"_metadata_request", "_repr_html_inner"});
}

bool StateReader::has(std::string_view key) const {
    const auto found = std::ranges::find(attributes_, key, &std::pair<std::string_view, Fitted>::first);
    if (found == attributes_.end()) return false;
    found->second.touch();
    return true;
}

std::optional<Fitted> StateReader::find(std::string_view key) {
    const auto found = std::ranges::find(attributes_, key, &std::pair<std::string_view, Fitted>::first);
    if (found == attributes_.end()) return std::nullopt;
    asked_.insert(found->first);
    found->second.touch();
    return found->second;
}

std::optional<Fitted> StateReader::require(std::string_view key) {
    auto found = find(key);
    if (!found) problem(fmt::format("attribute {} is not there", key));
    return found;
}

void StateReader::problem(std::string because) {
    if (problem_) return;
    problem_ = Error(ErrorKind::invalid, "not-decodable", fmt::format("not decodable: {}", title()));
    problem_->because = std::move(because);
}

double StateReader::number(std::string_view key) {
    const auto value = require(key);
    const auto number = value ? value->as_number() : std::nullopt;
    if (value && !number) problem_of(key, "is no number: " + value->describe());
    return number.value_or(0);
}

double StateReader::number_or(std::string_view key, double otherwise) {
    const auto value = find(key);
    return value && !value->is_none() ? number(key) : otherwise;
}

std::int64_t StateReader::integer(std::string_view key) {
    const auto value = require(key);
    const auto integer = value ? value->as_integer() : std::nullopt;
    if (value && !integer) problem_of(key, "is no integer: " + value->describe());
    return integer.value_or(0);
}

bool StateReader::flag(std::string_view key) {
    const auto value = require(key);
    const auto integer = value ? value->as_integer() : std::nullopt;
    if (value && (!integer || (*integer != 0 && *integer != 1))) problem_of(key, "is no boolean: " + value->describe());
    return integer == 1;
}

bool StateReader::flag_or(std::string_view key, bool otherwise) { return has(key) ? flag(key) : otherwise; }

std::string StateReader::text(std::string_view key) {
    const auto value = require(key);
    const auto text = value ? value->as_text() : std::nullopt;
    if (value && !text) problem_of(key, "is no text: " + value->describe());
    return std::string(text.value_or(""));
}

std::string StateReader::text_or_none(std::string_view key) {
    const auto value = find(key);
    return value && !value->is_none() ? text(key) : std::string();
}

bool StateReader::may_copy(std::uint64_t count) {
    if (count > budget_->numbers) {
        problem("its arrays have more elements in all than are decoded");
        return false;
    }
    budget_->numbers -= count;
    return true;
}

Vector StateReader::vector_of(const Fitted& value, const std::string& what, std::optional<std::size_t> size) {
    std::vector<double> numbers;
    if (value.is(FittedKind::array)) {
        const FittedArray array = value.array();
        if (array.shape.size() != 1) {
            problem(fmt::format("{} has the shape {}, one dimension is expected", what, shape_in_words(array)));
            return {};
        }
        if (!may_copy(array.size())) return {};
        auto found = pipeline::numbers_of(array);
        if (!found) {
            problem(fmt::format("{} is an array of {}, numbers are expected", what, array.dtype.name()));
            return {};
        }
        numbers = *std::move(found);
    } else if (value.is(FittedKind::list) || value.is(FittedKind::tuple)) {
        for (const Fitted& item : value.items()) {
            const auto number = item.as_number();
            if (!number) {
                problem(fmt::format("{} holds {}, numbers are expected", what, item.describe()));
                return {};
            }
            numbers.push_back(*number);
        }
        if (!may_copy(numbers.size())) return {};
    } else {
        problem(fmt::format("{} is {}, an array is expected", what, value.describe()));
        return {};
    }
    if (size && numbers.size() != *size) {
        problem(fmt::format("{} has {} elements, {} are expected", what, numbers.size(), *size));
        return {};
    }
    return Eigen::Map<const Vector>(numbers.data(), static_cast<Eigen::Index>(numbers.size()));
}

Matrix StateReader::matrix_of(const Fitted& value, const std::string& what) {
    if (!value.is(FittedKind::array)) {
        problem(fmt::format("{} is {}, an array is expected", what, value.describe()));
        return {};
    }
    const FittedArray array = value.array();
    if (array.shape.size() != 2) {
        problem(fmt::format("{} has the shape {}, two dimensions are expected", what, shape_in_words(array)));
        return {};
    }
    if (array.shape[0] > (1U << 31U) || array.shape[1] > (1U << 31U) || !may_copy(array.size())) {
        problem(fmt::format("{} has the shape {}", what, shape_in_words(array)));
        return {};
    }
    const auto numbers = pipeline::numbers_of(array);
    if (!numbers) {
        problem(fmt::format("{} is an array of {}, numbers are expected", what, array.dtype.name()));
        return {};
    }
    return Eigen::Map<const Matrix>(numbers->data(), static_cast<Eigen::Index>(array.shape[0]), static_cast<Eigen::Index>(array.shape[1]));
}

std::vector<double> StateReader::numbers_in(const Fitted& value, const std::string& what) {
    if (!value.is(FittedKind::array)) {
        problem(fmt::format("{} is {}, an array is expected", what, value.describe()));
        return {};
    }
    const FittedArray array = value.array();
    if (!may_copy(array.size())) return {};
    auto numbers = pipeline::numbers_of(array);
    if (!numbers) problem(fmt::format("{} is an array of {}, numbers are expected", what, array.dtype.name()));
    return std::move(numbers).value_or(std::vector<double>{});
}

std::vector<std::int64_t> StateReader::integers_of(const Fitted& value, const std::string& what) {
    if (value.is(FittedKind::array)) {
        const FittedArray array = value.array();
        if (!may_copy(array.size())) return {};
        if (auto found = pipeline::integers_of(array); found && array.shape.size() == 1) return *std::move(found);
    } else if (value.is(FittedKind::list) || value.is(FittedKind::tuple)) {
        const std::vector<Fitted> items = value.items();
        if (!may_copy(items.size())) return {};
        std::vector<std::int64_t> found;
        for (const Fitted& item : items) {
            if (const auto integer = item.as_integer()) found.push_back(*integer);
        }
        if (found.size() == items.size()) return found;
    }
    problem(fmt::format("{} is {}, a list of integers is expected", what, value.describe()));
    return {};
}

Vector StateReader::vector(std::string_view key, std::optional<std::size_t> size) {
    const auto value = require(key);
    return value ? vector_of(*value, fmt::format("attribute {}", key), size) : Vector();
}

std::optional<Vector> StateReader::optional_vector(std::string_view key, std::optional<std::size_t> size) {
    const auto value = find(key);
    if (!value || value->is_none()) return std::nullopt;
    return vector_of(*value, fmt::format("attribute {}", key), size);
}

Matrix StateReader::matrix(std::string_view key, std::optional<std::size_t> rows, std::optional<std::size_t> columns) {
    const auto value = require(key);
    if (!value) return {};
    Matrix found = matrix_of(*value, fmt::format("attribute {}", key));
    const bool fits =
        (!rows || static_cast<std::size_t>(found.rows()) == *rows) && (!columns || static_cast<std::size_t>(found.cols()) == *columns);
    if (!fits) problem(fmt::format("attribute {} has the shape ({}, {}), which does not fit the others", key, found.rows(), found.cols()));
    return found;
}

SampleValues StateReader::labels_of(const Fitted& value, const std::string& what) {
    const auto wrong = [&](const std::string& why) -> SampleValues {
        problem(fmt::format("{} {}", what, why));
        return std::vector<double>{};
    };
    if (!value.is(FittedKind::array)) return wrong("is " + value.describe() + ", an array of labels is expected");
    const FittedArray array = value.array();
    if (array.shape.size() != 1 || array.shape.front() == 0) return wrong("has the shape " + shape_in_words(array));
    if (!may_copy(array.size())) return std::vector<double>{};
    const auto width = static_cast<std::size_t>(array.dtype.itemsize);
    if (array.dtype.kind == 'U') {
        std::vector<std::string> texts;
        for (std::uint64_t i = 0; i < array.size(); ++i)
            texts.push_back(read_string(array.dtype, array.bytes.substr(static_cast<std::size_t>(i) * width)));
        return texts;
    }
    if (array.dtype.kind == 'O') {
        std::vector<std::string> texts;
        std::vector<std::int64_t> integers;
        std::vector<std::uint8_t> booleans;
        std::vector<double> numbers;
        for (const FittedId id : array.elements) {
            const Fitted element = value.at(id);
            if (const auto text = element.as_text()) {
                if (!may_copy(text->size() / 8)) return texts;
                texts.emplace_back(*text);
            }
            if (element.is(FittedKind::boolean)) booleans.push_back(element.boolean() ? 1 : 0);
            if (element.is(FittedKind::integer)) integers.push_back(element.integer());
            if (element.is(FittedKind::integer) || element.is(FittedKind::real)) numbers.push_back(*element.as_number());
        }
        const std::size_t count = array.elements.size();
        if (texts.size() == count) return texts;
        if (booleans.size() == count) return booleans;
        if (integers.size() == count) return integers;
        if (numbers.size() == count) return numbers;
        return wrong("holds labels of several types");
    }
    if (array.dtype.kind == 'b') {
        const auto integers = pipeline::integers_of(array);
        return std::vector<std::uint8_t>(integers->begin(), integers->end());
    }
    if (const auto integers = pipeline::integers_of(array)) return *integers;
    const auto numbers = pipeline::numbers_of(array);
    if (!numbers) return wrong("is an array of " + array.dtype.name());
    if (array.dtype.itemsize == 8) return *numbers;
    return std::vector<float>(numbers->begin(), numbers->end());
}

SampleValues StateReader::labels(std::string_view key) {
    const auto value = require(key);
    return value ? labels_of(*value, fmt::format("attribute {}", key)) : SampleValues();
}

std::vector<Fitted> StateReader::items_of(const Fitted& value, const std::string& what) {
    if (value.is(FittedKind::list) || value.is(FittedKind::tuple)) {
        std::vector<Fitted> found = value.items();
        if (!may_copy(found.size())) found.clear();
        return found;
    }
    if (value.is(FittedKind::array)) {
        const FittedArray array = value.array();
        if (array.dtype.kind == 'O') {
            if (!may_copy(array.size())) return {};
            std::vector<Fitted> found;
            const std::vector<std::size_t> order = c_order(array);
            for (const std::size_t place : order) found.push_back(value.at(array.elements[place]));
            return found;
        }
    }
    problem(fmt::format("{} is {}, a list is expected", what, value.describe()));
    return {};
}

std::vector<std::string> StateReader::texts_of(const Fitted& value, const std::string& what) {
    std::vector<std::string> texts;
    if (value.is(FittedKind::array) && value.array().dtype.kind == 'U' && value.array().shape.size() == 1) {
        const FittedArray array = value.array();
        if (!may_copy(array.size())) return texts;
        const auto width = static_cast<std::size_t>(array.dtype.itemsize);
        for (std::size_t i = 0; i < array.size(); ++i) texts.push_back(read_string(array.dtype, array.bytes.substr(i * width)));
        return texts;
    }
    for (const Fitted& item : items_of(value, what)) {
        const auto text = item.as_text();
        if (!text) {
            problem(fmt::format("{} holds {}, a text is expected", what, item.describe()));
            return {};
        }
        if (!may_copy(text->size() / 8)) return {};
        texts.emplace_back(*text);
    }
    return texts;
}

std::map<std::string, Fitted, std::less<>> StateReader::dict_of(const Fitted& value) {
    std::map<std::string, Fitted, std::less<>> found;
    if (!value.is(FittedKind::dict)) return found;
    const auto entries = value.entries();
    if (!may_copy(entries.size())) return found;
    for (const auto& [key, inner] : entries) {
        if (const auto name = key.as_text()) found.emplace(std::string(*name), inner);
    }
    return found;
}

std::vector<Cell> StateReader::cells_of(const Fitted& value, const std::string& what, std::deque<std::string>& texts) {
    std::vector<Cell> cells;
    if (!value.is(FittedKind::array) || value.array().shape.size() != 1) {
        problem(fmt::format("{} is {}, an array of one dimension is expected", what, value.describe()));
        return cells;
    }
    const FittedArray array = value.array();
    if (array.size() > budget_->numbers || !may_copy(array.size() * numbers_per_cell)) {
        problem(fmt::format("{} has more elements than are decoded", what));
        return cells;
    }
    const auto count = static_cast<std::size_t>(array.size());
    const auto keep = [&](std::string text) {
        (void)may_copy(text.size() / 8);
        texts.push_back(std::move(text));
        return Cell{.kind = Cell::Kind::text, .text = texts.back()};
    };
    if (array.dtype.kind == 'O') {
        for (const FittedId id : array.elements) {
            if (failed()) return cells;
            const Fitted element = value.at(id);
            switch (element.kind()) {
                case FittedKind::none: cells.push_back({.kind = Cell::Kind::none}); break;
                case FittedKind::text: cells.push_back(keep(std::string(element.text()))); break;
                case FittedKind::boolean: cells.push_back({.kind = Cell::Kind::boolean, .number = element.boolean() ? 1.0 : 0.0}); break;
                case FittedKind::integer:
                    if (element.integer() > (std::int64_t{1} << 53) || element.integer() < -(std::int64_t{1} << 53)) {
                        problem(fmt::format("{} holds {}, which no double holds exactly", what, element.integer()));
                        return cells;
                    }
                    cells.push_back({.kind = Cell::Kind::integer, .number = static_cast<double>(element.integer())});
                    break;
                case FittedKind::real:
                    cells.push_back(std::isnan(element.real()) ? Cell{} : Cell{.kind = Cell::Kind::real, .number = element.real()});
                    break;
                default:
                    if (element.is(FittedKind::object) && element.class_name() == "pandas._libs.missing._pickle_NAType") {
                        cells.push_back({.kind = Cell::Kind::na});
                        break;
                    }
                    problem(fmt::format("{} holds {}", what, element.describe()));
                    return cells;
            }
        }
        return cells;
    }
    if (array.dtype.kind == 'U') {
        const auto width = static_cast<std::size_t>(array.dtype.itemsize);
        for (std::size_t i = 0; i < count; ++i) cells.push_back(keep(read_string(array.dtype, array.bytes.substr(i * width))));
        return cells;
    }
    const auto numbers = pipeline::numbers_of(array);
    if (!numbers) {
        problem(fmt::format("{} is an array of {}", what, array.dtype.name()));
        return cells;
    }
    const Cell::Kind kind = array.dtype.kind == 'b'   ? Cell::Kind::boolean
                            : array.dtype.kind == 'f' ? Cell::Kind::real
                                                      : Cell::Kind::integer;
    for (const double number : *numbers) cells.push_back(std::isnan(number) ? Cell{} : Cell{.kind = kind, .number = number});
    return cells;
}

std::unique_ptr<Step> StateReader::estimator(const Fitted& value, const std::string& where) {
    if (problem_) return nullptr;
    auto made = decode_estimator(value, place_.empty() ? where : place_ + ", " + where, *budget_);
    if (made) return *std::move(made);
    problem_ = std::move(made).error();
    return nullptr;
}

void StateReader::known(std::initializer_list<std::string_view> keys) { asked_.insert(keys.begin(), keys.end()); }

void StateReader::known(std::string_view keys_with_spaces) {
    while (!keys_with_spaces.empty()) {
        const std::size_t space = keys_with_spaces.find(' ');
        asked_.insert(keys_with_spaces.substr(0, space));
        keys_with_spaces.remove_prefix(space == std::string_view::npos ? keys_with_spaces.size() : space + 1);
    }
}

bool StateReader::may_walk(std::uint64_t depth) {
    if (budget_->steps == 0 || depth > budget_->depth) {
        problem("a row would walk through more nodes, in more trees, than in any real model");
        return false;
    }
    --budget_->steps;
    budget_->depth -= depth;
    return true;
}

void StateReader::fitted_with(std::size_t columns, std::string_view attribute) {
    if (columns == 0) return problem(fmt::format("attribute {} is empty", attribute));
    if (input_.width != 0 && input_.width != columns)
        return problem(fmt::format("attribute {} is of {} columns, and n_features_in_ is {}", attribute, columns, input_.width));
    input_.width = columns;
}

void StateReader::must_be_none(std::string_view key) {
    const auto value = find(key);
    if (value && !value->is_none()) problem_of(key, "is set, which is not re-created here");
}

Result<void> StateReader::finish() {
    for (const auto& [key, value] : attributes_) {
        if (!asked_.contains(key))
            problem(fmt::format("attribute {} is not known for this class: it could change what it predicts", printable(key, 100)));
    }
    if (problem_) return fail(*problem_);
    return {};
}

std::map<std::string, double, std::less<>> read_transformer_weights(StateReader& state) {
    std::map<std::string, double, std::less<>> weights;
    const auto value = state.find("transformer_weights");
    if (!value || value->is_none()) return weights;
    if (!value->is(FittedKind::dict)) state.problem_of("transformer_weights", "is no dict");
    for (const auto& [name, weight] : state.dict_of(*value)) {
        if (weight.is_none()) continue;
        const auto number = weight.as_number();
        if (!number) state.problem_of("transformer_weights", "holds what is no number");
        weights.emplace(name, number.value_or(1));
    }
    return weights;
}

}  // namespace assay::pipeline
