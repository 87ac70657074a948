#include "artifact/joblib/array_wrapper.hpp"

#include "artifact/numpy/array_view.hpp"
#include "artifact/pickle/look.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace assay {

bool is_array_wrapper(const PickleGraph& graph, ValueId object) {
    return is_one_of(graph, class_of(graph, object),
                     {"joblib.numpy_pickle.NumpyArrayWrapper", "sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper"});
}

namespace {

/// Each attribute that joblib writes, once and no other: one named "read" would take the place of the method that reads the array.
bool has_known_keys(const PickleGraph& graph, ValueId object) {
    constexpr auto known =
        std::to_array<std::string_view>({"subclass", "shape", "order", "dtype", "allow_mmap", "numpy_array_alignment_bytes"});
    const PickleCall& call = graph.call(object);
    const ValueId state = graph.values(call.states).front();
    if (call.items.count != 0 || call.pairs.count != 0 || !graph.is(state, ValueKind::dict)) return false;
    std::set<std::string_view> seen;
    const std::vector<ValueId> entries = graph.children(state, 2 * known.size() + 1);
    for (std::size_t i = 0; i < entries.size(); i += 2) {
        const auto key = text_value(graph, entries[i]);
        if (!key || std::find(known.begin(), known.end(), *key) == known.end() || !seen.insert(*key).second) return false;
    }
    return true;
}

}  // namespace

std::variant<ValueId, FormatFault> ArrayWrapperHook::after_build(ValueId object, bool frame_ended) {
    if (!is_array_wrapper(graph_, object)) return no_value;
    const auto wrong = [&](std::string code, std::string detail) {
        return FormatFault{std::move(code), cursor_.offset(), std::move(detail)};
    };
    if (!frame_ended) return wrong("frame-crosses", "an array begins within a frame: joblib would read its bytes elsewhere");
    if (graph_.call(object).states.count != 1) return wrong("array-wrapper", "an array's wrapper is built twice");
    if (!has_known_keys(graph_, object)) return wrong("array-wrapper", "the wrapper of an array has attributes that joblib does not write");
    const auto dtype = read_dtype(graph_, attribute(graph_, object, "dtype"));
    const auto shape = read_shape(graph_, attribute(graph_, object, "shape"));
    const auto order = text_value(graph_, attribute(graph_, object, "order"));
    if (!dtype || !shape || (order != "C" && order != "F")) {
        return wrong("array-wrapper", "the wrapper of an array has no readable dtype, shape or order");
    }
    ++wrappers_;
    PickleArray array{.wrapper = object};
    if (dtype->has_objects) return read_objects(array);
    ++raw_;
    const auto length = array_bytes(*shape, dtype->itemsize);
    if (!length) return wrong("limit-length", "an array claims more bytes than there can be");
    const ValueId aligned_to = attribute(graph_, object, "numpy_array_alignment_bytes");
    if (aligned_to != no_value && !graph_.is(aligned_to, ValueKind::none)) {
        const auto alignment = integer_value(graph_, aligned_to);
        ++aligned_;
        if (auto fault = pass_padding(alignment.value_or(0))) return *std::move(fault);
    }
    array.offset = cursor_.offset();
    array.length = *length;
    const std::uint64_t head = std::min<std::uint64_t>(*length, graph_.limits().max_array_head);
    if (head != 0) array.head = graph_.begin_head(head, array.offset);
    std::uint64_t rest = *length;
    if (array.head != no_value) {
        for (std::uint64_t wanted = head; wanted > 0 && cursor_.ok();) {
            const std::string_view piece = cursor_.some(wanted);
            graph_.append_text(piece);
            wanted -= piece.size();
            rest -= piece.size();
        }
    }
    cursor_.skip(rest);
    if (!cursor_.ok())
        return wrong("truncated", fmt::format("an array of {} bytes at {} goes beyond the end of the file", *length, array.offset));
    const auto value = graph_.add_array(array, array.offset);
    if (!value) return wrong("limit-arrays", "there are more arrays than any real file needs");
    return *value;
}

std::optional<FormatFault> ArrayWrapperHook::pass_padding(std::int64_t alignment) {
    const std::uint64_t at = cursor_.offset();
    const auto wrong = [&](std::string detail) { return FormatFault{"pad-noncanonical", at, std::move(detail)}; };
    if (alignment != 16) return wrong(fmt::format("an array is aligned to {} bytes: joblib writes 16", alignment));
    const std::uint8_t padding = cursor_.u8();
    if (!cursor_.ok()) return std::nullopt;  // the array says that it is truncated
    if (padding != 16 - (at + 1) % 16)
        return wrong(fmt::format("the padding of an array is {} bytes, and joblib would write {}", padding, 16 - (at + 1) % 16));
    const std::string_view bytes = cursor_.take(padding);
    if (std::any_of(bytes.begin(), bytes.end(), [](char byte) { return byte != '\xff'; }))
        return wrong("the padding of an array is not 0xff");
    return std::nullopt;
}

std::variant<ValueId, FormatFault> ArrayWrapperHook::read_objects(PickleArray array) {
    array.offset = cursor_.offset();
    if (nesting_ + 1 > graph_.limits().max_nesting)
        return FormatFault{"limit-depth", array.offset, "pickles are nested deeper than any real file needs"};
    ArrayWrapperHook inner(cursor_, graph_, nesting_ + 1);
    const PickleStream stream = read_pickle(cursor_, graph_, &inner);
    wrappers_ += inner.wrappers_;
    raw_ += inner.raw_;
    aligned_ += inner.aligned_;
    nested_protocol_ = std::max({nested_protocol_, stream.protocol, inner.nested_protocol_});
    nested_python_2_ = nested_python_2_ || stream.python_2 || inner.nested_python_2_;
    notes_.insert(notes_.end(), stream.notes.begin(), stream.notes.end());
    notes_.insert(notes_.end(), inner.notes_.begin(), inner.notes_.end());
    if (stream.fault) return *stream.fault;
    array.length = stream.length;
    array.content = stream.root;
    const auto value = graph_.add_array(array, array.offset);
    if (!value) return FormatFault{"limit-arrays", array.offset, "there are more arrays than any real file needs"};
    return *value;
}

}  // namespace assay
