#pragma once

#include "artifact/numpy/dtype.hpp"
#include "base/json.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::pipeline {

/// What a value in the state of a fitted estimator is, whatever file it was read from.
enum class FittedKind : std::uint8_t { none, boolean, integer, real, text, bytes, list, tuple, set, dict, array, object, name, other };

/// Names a value of one FittedSource.
using FittedId = std::uint32_t;

/// A NumPy array with its elements at hand.
struct FittedArray {
    DType dtype;
    std::vector<std::uint64_t> shape;
    bool fortran = false;            ///< the first index runs fastest in `bytes`; `elements` are in C order
    std::string_view bytes;          ///< of an array of no objects: all elements; lives as long as the source
    std::vector<FittedId> elements;  ///< of an array of objects: all elements
    /// Where to tell which fields of a structure were read (NodeField); null: nobody wants to know. Lives as long as the source.
    std::set<std::string, std::less<>>* fields_asked = nullptr;

    [[nodiscard]] std::uint64_t size() const;  ///< how many elements
};

/// An instance, or the record of another call.
struct FittedObject {
    std::string cls;                    ///< "sklearn.tree._classes.DecisionTreeClassifier"; of a call the function
    std::vector<FittedId> arguments;    ///< of a call, and what a named tuple is made of
    std::optional<FittedId> state;      ///< a dict: the attributes
    std::optional<FittedId> tuple;      ///< a tuple that a class of its own takes as its state
    struct Partial {
        FittedId function, arguments, keywords;
    };
    std::optional<Partial> partial;       ///< of a functools.partial
    bool plain = true;                  ///< nothing else is done to it: no second state, no items set or appended
};

/// The values of one file, read without running it. Every value is a value of Python that loading would give, or `other`.
class FittedSource {
public:
    virtual ~FittedSource() = default;
    [[nodiscard]] virtual FittedId root() const = 0;
    [[nodiscard]] virtual FittedKind kind(FittedId id) const = 0;
    // Each may be asked of its kind only.
    [[nodiscard]] virtual bool boolean(FittedId id) const = 0;
    [[nodiscard]] virtual std::int64_t integer(FittedId id) const = 0;
    [[nodiscard]] virtual double real(FittedId id) const = 0;
    [[nodiscard]] virtual std::string_view text(FittedId id) const = 0;
    [[nodiscard]] virtual std::string_view bytes(FittedId /*id*/) const { return {}; }
    /// Whether bytes are a bytearray.
    [[nodiscard]] virtual bool is_byte_array(FittedId /*id*/) const { return false; }
    /// Of an integer beyond 64 bits (`other`) its decimal digits.
    [[nodiscard]] virtual std::optional<std::string> digits(FittedId /*id*/) const { return std::nullopt; }
    /// Of a list, tuple or set.
    [[nodiscard]] virtual std::vector<FittedId> items(FittedId id) const = 0;
    /// Of a dict, in its order; a key that is set twice stands once, with the later value.
    [[nodiscard]] virtual std::vector<std::pair<FittedId, FittedId>> entries(FittedId id) const = 0;
    [[nodiscard]] virtual FittedArray array(FittedId id) const = 0;
    [[nodiscard]] virtual FittedObject object(FittedId id) const = 0;
    /// "numpy.log1p", of a name that loading imports
    [[nodiscard]] virtual std::string name(FittedId id) const = 0;
    /// What it is, for an error message.
    [[nodiscard]] virtual std::string describe(FittedId id) const = 0;
};

/// A value and where it comes from. The source outlives it.
class Fitted {
public:
    Fitted(const FittedSource& source, FittedId id) : source_(&source), id_(id) {}
    [[nodiscard]] FittedKind kind() const { return source_->kind(id_); }
    [[nodiscard]] bool is(FittedKind kind) const { return source_->kind(id_) == kind; }
    [[nodiscard]] bool is_none() const { return is(FittedKind::none); }
    /// Tells a source that keeps what is asked of it (Recording) that it matters whether the value is there.
    void touch() const { (void)source_->kind(id_); }
    [[nodiscard]] bool boolean() const { return source_->boolean(id_); }
    [[nodiscard]] std::int64_t integer() const { return source_->integer(id_); }
    [[nodiscard]] double real() const { return source_->real(id_); }
    [[nodiscard]] std::string_view text() const { return source_->text(id_); }
    [[nodiscard]] std::string_view bytes() const { return source_->bytes(id_); }
    [[nodiscard]] bool is_byte_array() const { return source_->is_byte_array(id_); }
    [[nodiscard]] std::optional<std::string> digits() const { return source_->digits(id_); }
    [[nodiscard]] std::vector<Fitted> items() const;
    [[nodiscard]] std::vector<std::pair<Fitted, Fitted>> entries() const;
    [[nodiscard]] FittedArray array() const { return source_->array(id_); }
    [[nodiscard]] FittedObject object() const { return source_->object(id_); }
    [[nodiscard]] std::string name() const { return source_->name(id_); }
    [[nodiscard]] std::string describe() const { return source_->describe(id_); }
    [[nodiscard]] Fitted at(FittedId id) const { return {*source_, id}; }
    [[nodiscard]] FittedId id() const { return id_; }

    /// The text that it is; absent for anything else.
    [[nodiscard]] std::optional<std::string_view> as_text() const;
    /// A number, a boolean as 0 or 1; absent for anything else.
    [[nodiscard]] std::optional<double> as_number() const;
    [[nodiscard]] std::optional<std::int64_t> as_integer() const;
    /// "module.Class" of an object, else empty.
    [[nodiscard]] std::string class_name() const;
    /// The value of a text key in a dict.
    [[nodiscard]] std::optional<Fitted> find(std::string_view key) const;

private:
    const FittedSource* source_;
    FittedId id_;
};

/// A number, or the one of an array without dimensions, as NumPy keeps what was computed; absent for anything else.
[[nodiscard]] std::optional<double> scalar_of(const Fitted& value);
/// Elements of an array of numbers or booleans as doubles, in C order; absent for other arrays and for integers that no double holds.
[[nodiscard]] std::optional<std::vector<double>> numbers_of(const FittedArray& array);
/// Elements of an array of integers or booleans, in C order; absent for other arrays.
[[nodiscard]] std::optional<std::vector<std::int64_t>> integers_of(const FittedArray& array);
/// The place of the elements of an array in C order, from that in the file.
[[nodiscard]] std::vector<std::size_t> c_order(const FittedArray& array);

}  // namespace assay::pipeline
