#pragma once

#include "artifact/pipeline/fitted.hpp"
#include "artifact/pipeline/step.hpp"

#include <deque>
#include <initializer_list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace assay::pipeline {

/// Columns that a row may have anywhere in a model.
inline constexpr std::int64_t max_features = 4'000'000;

/// The release of scikit-learn that wrote an object.
struct Writer {
    int major = 0;
    int minor = 0;
    int patch = 0;
    [[nodiscard]] bool before(int a, int b) const { return major < a || (major == a && minor < b); }
};

/// What decoding one file may still cost, and where it is.
struct Budget {
    /// Elements of arrays, lists and states that may still be looked at: a graph can name the same one a million times.
    std::uint64_t numbers = std::uint64_t{1} << 27U;
    std::size_t steps = 100'000;  ///< estimators and trees that may still be made
    std::uint64_t depth = 1'000'000;  ///< nodes that a row may still walk through, in all trees
    std::vector<FittedId> within;  ///< the estimators around this one: none may hold itself
};

/// Takes the attributes out of the state of one estimator. The first problem is kept and told by finish(); until then what could not be
/// read is empty, so that an estimator is read in one go. A key that nobody asked for and that is not `known` is a problem: it could
/// change what the estimator predicts.
class StateReader {
public:
    /// `place`: "step 3" or empty for the root. `object` is an object.
    StateReader(Fitted object, std::string place, Budget& budget);

    [[nodiscard]] const std::string& cls() const { return cls_; }
    [[nodiscard]] const std::string& place() const { return place_; }
    /// "step 3 `sklearn.x.Y`"
    [[nodiscard]] std::string title() const;
    [[nodiscard]] const Writer& writer() const { return writer_; }
    [[nodiscard]] Budget& budget() const { return *budget_; }
    [[nodiscard]] const Fitted& fitted() const { return object_; }

    /// Absent when there is no such attribute.
    [[nodiscard]] std::optional<Fitted> find(std::string_view key);
    /// A problem when there is none.
    [[nodiscard]] std::optional<Fitted> require(std::string_view key);
    [[nodiscard]] bool has(std::string_view key) const;

    [[nodiscard]] double number(std::string_view key);
    [[nodiscard]] double number_or(std::string_view key, double otherwise);
    [[nodiscard]] std::int64_t integer(std::string_view key);
    [[nodiscard]] bool flag(std::string_view key);
    [[nodiscard]] bool flag_or(std::string_view key, bool otherwise);
    [[nodiscard]] std::string text(std::string_view key);
    /// The text, or "" for None and for what is not there.
    [[nodiscard]] std::string text_or_none(std::string_view key);
    /// An array of one dimension, or a list of numbers.
    [[nodiscard]] Vector vector(std::string_view key, std::optional<std::size_t> size = {});
    /// Absent for None and when it is not there.
    [[nodiscard]] std::optional<Vector> optional_vector(std::string_view key, std::optional<std::size_t> size = {});
    /// An array of two dimensions.
    [[nodiscard]] Matrix matrix(std::string_view key, std::optional<std::size_t> rows = {}, std::optional<std::size_t> columns = {});
    /// Class labels of any type; not empty.
    [[nodiscard]] SampleValues labels(std::string_view key);

    // The same of a value that was found; `what` names it in problems: "attribute categories_[2]".
    [[nodiscard]] Vector vector_of(const Fitted& value, const std::string& what, std::optional<std::size_t> size = {});
    [[nodiscard]] Matrix matrix_of(const Fitted& value, const std::string& what);
    /// All elements of an array of any shape, in C order.
    [[nodiscard]] std::vector<double> numbers_in(const Fitted& value, const std::string& what);
    [[nodiscard]] std::vector<std::int64_t> integers_of(const Fitted& value, const std::string& what);
    [[nodiscard]] SampleValues labels_of(const Fitted& value, const std::string& what);
    /// Elements of a list, tuple or array of objects.
    [[nodiscard]] std::vector<Fitted> items_of(const Fitted& value, const std::string& what);
    /// Texts of a list, tuple or array.
    [[nodiscard]] std::vector<std::string> texts_of(const Fitted& value, const std::string& what);
    /// The values of a dict by its keys that are texts.
    [[nodiscard]] std::map<std::string, Fitted, std::less<>> dict_of(const Fitted& value);
    /// Python objects as a column has them; texts live in the model's own `texts`.
    [[nodiscard]] std::vector<Cell> cells_of(const Fitted& value, const std::string& what, std::deque<std::string>& texts);
    /// An estimator within this one. `where`: "transformer 'num'".
    [[nodiscard]] std::unique_ptr<Step> estimator(const Fitted& value, const std::string& where);

    /// Attributes that do not matter to predictions.
    void known(std::initializer_list<std::string_view> keys);
    void known(std::string_view keys_with_spaces);
    /// The attribute must be what it is by default, or not be there: anything else is not re-created.
    void must_be_none(std::string_view key);
    void problem(std::string because);
    void problem_of(std::string_view key, std::string_view because) {
        problem(std::string("attribute ") + std::string(key) + " " + std::string(because));
    }
    void require_that(bool holds, std::string_view because) {
        if (!holds) problem(std::string(because));
    }
    [[nodiscard]] bool failed() const { return problem_.has_value(); }
    /// The first problem, a key that is not known included.
    [[nodiscard]] Result<void> finish();
    template <class Made>
    [[nodiscard]] Result<std::unique_ptr<Step>> finish(std::unique_ptr<Made> made) {
        made->place = title();
        made->input = input_check();
        if (auto read = finish(); !read) return fail(std::move(read).error());
        return with_output(std::move(made));
    }

    /// Counts another tree of that depth; a problem when a row would walk through more nodes than are walked through.
    [[nodiscard]] bool may_walk(std::uint64_t depth);
    /// How many columns an attribute says that it was fitted with; a problem when n_features_in_ says otherwise. Rows of another width are
    /// refused from then on.
    void fitted_with(std::size_t columns, std::string_view attribute);
    /// n_features_in_ and feature_names_in_, read once.
    [[nodiscard]] const InputCheck& input_check() const { return input_; }

private:
    void read_common();
    [[nodiscard]] std::unique_ptr<Step> with_output(std::unique_ptr<Step> made) const;
    [[nodiscard]] bool may_copy(std::uint64_t count);

    Fitted object_;
    std::string cls_;
    std::string place_;
    Budget* budget_;
    Writer writer_;
    InputCheck input_;
    bool table_output_ = false;  ///< set_output: pandas or polars
    std::vector<std::pair<std::string_view, Fitted>> attributes_;
    std::set<std::string_view> asked_;
    std::optional<Error> problem_;
};

/// `transformer_weights` of what has several transformers, by name.
[[nodiscard]] std::map<std::string, double, std::less<>> read_transformer_weights(StateReader& state);

/// The title of what is wrong with a file, not with one of its steps.
inline constexpr std::string_view the_file = "the file";
/// `not-decodable`: "not decodable: step 3 `sklearn.x.Y`" and why.
[[nodiscard]] std::unexpected<Error> not_decodable(std::string_view title, std::string because);

/// The estimator that an object is, by its class; `invalid`, code "not-decodable", for everything that is not known.
[[nodiscard]] Result<std::unique_ptr<Step>> decode_estimator(const Fitted& value, const std::string& place, Budget& budget);

}  // namespace assay::pipeline
