#pragma once

#include "artifact/limits.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Names a value of one PickleGraph.
using ValueId = std::uint32_t;
inline constexpr ValueId no_value = 0xffffffffU;

/// What a pickle says an object is. Nothing is ever made of it: a call is the *record* of a call.
enum class ValueKind : std::uint8_t {
    none,
    boolean,
    integer,      ///< fits 64 bits
    big_integer,  ///< does not: its two's complement bytes, or its digits when the pickle wrote digits
    real,
    text,
    bytes,
    byte_array,
    list,
    tuple,
    dict,        ///< children alternate: key, value, key, value
    set,
    frozen_set,
    global,      ///< a name that a load would import: module and attribute
    call,        ///< something called or instantiated, with what is done to the result
    array,       ///< a joblib array whose bytes lie in the file
    persistent,  ///< a reference that only the loading program understands (PyTorch's storages)
};

/// A value of 24 bytes. `a` and `b` mean what `kind` says; read them through PickleGraph.
struct PickleValue {
    ValueKind kind = ValueKind::none;
    bool legacy = false;  ///< bytes that were a Python 2 str: Python 3 makes text of them when they are ASCII
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint64_t offset = 0;  ///< of the opcode that made it, in the decompressed file
};

/// A string or bytes. Only the first InspectLimits::max_kept_text bytes are kept.
struct PickleText {
    std::uint64_t begin = 0;       ///< in the pool
    std::uint64_t offset = 0;      ///< of its first byte, in the decompressed file
    std::uint64_t length = 0;      ///< bytes in the file (UTF-8 for text)
    std::uint64_t characters = 0;  ///< code points; equal to length for bytes
    std::uint32_t kept = 0;        ///< bytes kept
};

struct PickleGlobal {
    std::string module;
    std::string name;
    std::string spelled;  ///< "copy_reg._reconstructor" where Python 3 reads another name than is written; else empty

    [[nodiscard]] std::string dotted() const { return module + "." + name; }
};

/// An append-only list of values.
struct ValueList {
    std::uint32_t first = no_value;
    std::uint32_t last = no_value;
    std::uint32_t count = 0;
};

enum class CallForm : std::uint8_t { reduce, new_object, new_object_kw, instance };

/// A call that a load would make, and what it would do to the result.
struct PickleCall {
    CallForm form = CallForm::reduce;
    ValueId callable = no_value;
    ValueId arguments = no_value;  ///< a tuple, when the file is well formed
    ValueId keywords = no_value;   ///< of NEWOBJ_EX
    ValueList states = {};  ///< given by BUILD
    std::uint32_t built = 0;  ///< keys and values that the last state's dict had then: Python copies them, and sees none that come later
    ValueList items = {};               ///< appended
    ValueList pairs = {};               ///< set: key, value, key, value
};

/// The bytes of a joblib array, in place.
struct PickleArray {
    ValueId wrapper = no_value;     ///< the NumpyArrayWrapper: dtype, shape, order
    std::uint64_t offset = 0;       ///< of the first byte, in the decompressed file
    std::uint64_t length = 0;       ///< bytes
    ValueId content = no_value;     ///< of an array of objects: the root of its nested pickle
    std::uint32_t head = no_value;  ///< text of its first bytes; no_value when the budget was spent
};

/// Everything that pickles of one file say, as a graph that may have cycles. Values are made in the order of the file and never change
/// but for what is added to containers and calls. Memory: see InspectLimits.
class PickleGraph {
public:
    explicit PickleGraph(const InspectLimits& limits) : limits_(limits) {}

    [[nodiscard]] const InspectLimits& limits() const { return limits_; }
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    [[nodiscard]] bool full() const {
        return values_.size() >= limits_.max_values || edges_.size() / 2 >= limits_.max_values || texts_full_;
    }

    [[nodiscard]] const PickleValue& at(ValueId id) const { return values_[id]; }
    [[nodiscard]] ValueKind kind(ValueId id) const { return values_[id].kind; }
    [[nodiscard]] bool is(ValueId id, ValueKind kind) const { return id != no_value && values_[id].kind == kind; }

    // What a value is; each may be asked only of its kind.
    [[nodiscard]] bool boolean(ValueId id) const { return values_[id].a != 0; }
    [[nodiscard]] std::int64_t integer(ValueId id) const;
    [[nodiscard]] double real(ValueId id) const;
    /// Of text, bytes, byte_array and big_integer: the kept bytes.
    [[nodiscard]] std::string_view text(ValueId id) const { return text_at(values_[id].a); }
    [[nodiscard]] const PickleText& text_info(ValueId id) const { return texts_[values_[id].a]; }
    /// Whether text() is all of it.
    [[nodiscard]] bool whole(ValueId id) const { return text_info(id).kept == text_info(id).length; }
    [[nodiscard]] const PickleGlobal& global(ValueId id) const { return globals_[values_[id].a]; }
    [[nodiscard]] const PickleCall& call(ValueId id) const { return calls_[values_[id].a]; }
    [[nodiscard]] const PickleArray& array(ValueId id) const { return arrays_[values_[id].a]; }
    [[nodiscard]] std::string_view array_head(ValueId id) const;
    [[nodiscard]] std::size_t array_count() const { return arrays_.size(); }

    /// The values in a list, in order, at most `max`.
    [[nodiscard]] std::vector<ValueId> values(const ValueList& list, std::size_t max = SIZE_MAX) const;
    /// Of a list, tuple, set or dict.
    [[nodiscard]] std::vector<ValueId> children(ValueId id, std::size_t max = SIZE_MAX) const { return values(list_of(id), max); }
    [[nodiscard]] std::size_t child_count(ValueId id) const { return list_of(id).count; }
    /// Calls visit(ValueId) for each child of a container, in order, without a copy.
    template <class Visit>
    void for_each(const ValueList& list, Visit visit) const {
        for (std::uint32_t edge = list.first; edge != no_value; edge = edges_[edge].next) visit(edges_[edge].value);
    }
    [[nodiscard]] const ValueList& list_of(ValueId id) const { return lists_[values_[id].a]; }

    // Making values.
    ValueId add(ValueKind kind, std::uint64_t offset, std::uint32_t a = 0, std::uint32_t b = 0);
    ValueId add_integer(std::int64_t value, std::uint64_t offset);
    ValueId add_real(double value, std::uint64_t offset);
    ValueId add_container(ValueKind kind, std::uint64_t offset) { return add(kind, offset, empty_list); }
    ValueId add_text(ValueKind kind, std::string_view whole, std::uint64_t offset);
    ValueId add_global(std::string module, std::string name, std::string spelled, std::uint64_t offset);
    ValueId add_call(const PickleCall& call, std::uint64_t offset);
    /// Absent when there are too many.
    [[nodiscard]] std::optional<ValueId> add_array(const PickleArray& array, std::uint64_t offset);
    /// A text that is fed piece by piece: begin_text, append_text …, then add_fed_text.
    void begin_text(std::uint64_t offset);
    void append_text(std::string_view piece);
    void count_text(std::uint64_t bytes) { texts_.back().length += bytes; }  ///< that were passed over
    ValueId add_fed_text(ValueKind kind, std::uint64_t offset);
    /// Begins the first `bytes` bytes of an array, which append_text gives; no_value when the budget is spent.
    [[nodiscard]] std::uint32_t begin_head(std::uint64_t bytes, std::uint64_t offset);

    void append(ValueId container, ValueId child);  ///< to a list, tuple, set or dict
    void append_state(ValueId call, ValueId state) { append_to(calls_[values_[call].a].states, state); }
    void mark_built(ValueId call, std::size_t children) { calls_[values_[call].a].built = static_cast<std::uint32_t>(children); }
    void append_item(ValueId call, ValueId item) { append_to(calls_[values_[call].a].items, item); }
    void append_pair(ValueId call, ValueId key, ValueId value);
    void mark_legacy(ValueId id) { values_[id].legacy = true; }

private:
    struct Edge {
        ValueId value;
        std::uint32_t next;
    };
    static constexpr std::uint32_t empty_list = 0;  ///< the list that every empty container shares

    [[nodiscard]] std::string_view text_at(std::uint32_t index) const;
    void append_to(ValueList& list, ValueId child);

    InspectLimits limits_;
    std::vector<PickleValue> values_;
    std::vector<Edge> edges_;
    std::vector<ValueList> lists_{ValueList{}};
    std::vector<PickleText> texts_;
    std::string pool_;
    bool texts_full_ = false;
    std::vector<PickleGlobal> globals_;
    std::vector<PickleCall> calls_;
    std::vector<PickleArray> arrays_;
    std::uint64_t heads_ = 0;  ///< bytes kept of arrays
};

}  // namespace assay
