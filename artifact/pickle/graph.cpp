#include "artifact/pickle/graph.hpp"

#include <algorithm>
#include <bit>

namespace assay {

std::int64_t PickleGraph::integer(ValueId id) const {
    const PickleValue& value = values_[id];
    return static_cast<std::int64_t>(std::uint64_t{value.b} << 32U | value.a);
}

double PickleGraph::real(ValueId id) const { return std::bit_cast<double>(integer(id)); }

std::string_view PickleGraph::text_at(std::uint32_t index) const {
    const PickleText& text = texts_[index];
    return std::string_view(pool_).substr(static_cast<std::size_t>(text.begin), text.kept);
}

std::string_view PickleGraph::array_head(ValueId id) const {
    const std::uint32_t head = array(id).head;
    return head == no_value ? std::string_view() : text_at(head);
}

std::vector<ValueId> PickleGraph::values(const ValueList& list, std::size_t max) const {
    std::vector<ValueId> found;
    found.reserve(std::min<std::size_t>(list.count, max));
    for (std::uint32_t edge = list.first; edge != no_value && found.size() < max; edge = edges_[edge].next)
        found.push_back(edges_[edge].value);
    return found;
}

ValueId PickleGraph::add(ValueKind kind, std::uint64_t offset, std::uint32_t a, std::uint32_t b) {
    values_.push_back({kind, false, a, b, offset});
    return static_cast<ValueId>(values_.size() - 1);
}

ValueId PickleGraph::add_integer(std::int64_t value, std::uint64_t offset) {
    const auto bits = static_cast<std::uint64_t>(value);
    return add(ValueKind::integer, offset, static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32U));
}

ValueId PickleGraph::add_real(double value, std::uint64_t offset) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    return add(ValueKind::real, offset, static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32U));
}

ValueId PickleGraph::add_text(ValueKind kind, std::string_view whole, std::uint64_t offset) {
    begin_text(offset);
    append_text(whole);
    return add_fed_text(kind, offset);
}

void PickleGraph::begin_text(std::uint64_t offset) { texts_.push_back({.begin = pool_.size(), .offset = offset}); }

void PickleGraph::append_text(std::string_view piece) {
    PickleText& text = texts_.back();
    text.length += piece.size();
    text.characters += static_cast<std::uint64_t>(
        std::count_if(piece.begin(), piece.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
    if (text.kept >= limits_.max_kept_text) return;
    const std::string_view kept = piece.substr(0, limits_.max_kept_text - text.kept);
    if (pool_.size() + kept.size() > limits_.max_kept_texts) {
        texts_full_ = true;
        return;
    }
    pool_.append(kept);
    text.kept += static_cast<std::uint32_t>(kept.size());
}

ValueId PickleGraph::add_fed_text(ValueKind kind, std::uint64_t offset) {
    if (kind != ValueKind::text) texts_.back().characters = texts_.back().length;
    return add(kind, offset, static_cast<std::uint32_t>(texts_.size() - 1));
}

std::uint32_t PickleGraph::begin_head(std::uint64_t bytes, std::uint64_t offset) {
    if (heads_ + bytes > limits_.max_array_heads) return no_value;
    heads_ += bytes;
    begin_text(offset);
    return static_cast<std::uint32_t>(texts_.size() - 1);
}

ValueId PickleGraph::add_global(std::string module, std::string name, std::string spelled, std::uint64_t offset) {
    globals_.push_back({std::move(module), std::move(name), std::move(spelled)});
    return add(ValueKind::global, offset, static_cast<std::uint32_t>(globals_.size() - 1));
}

ValueId PickleGraph::add_call(const PickleCall& call, std::uint64_t offset) {
    calls_.push_back(call);
    return add(ValueKind::call, offset, static_cast<std::uint32_t>(calls_.size() - 1));
}

std::optional<ValueId> PickleGraph::add_array(const PickleArray& array, std::uint64_t offset) {
    if (arrays_.size() >= limits_.max_arrays) return std::nullopt;
    arrays_.push_back(array);
    return add(ValueKind::array, offset, static_cast<std::uint32_t>(arrays_.size() - 1));
}

void PickleGraph::append_to(ValueList& list, ValueId child) {
    edges_.push_back({child, no_value});
    const auto edge = static_cast<std::uint32_t>(edges_.size() - 1);
    if (list.last == no_value) {
        list.first = edge;
    } else {
        edges_[list.last].next = edge;
    }
    list.last = edge;
    ++list.count;
}

void PickleGraph::append(ValueId container, ValueId child) {
    if (values_[container].a == empty_list) {
        lists_.push_back({});
        values_[container].a = static_cast<std::uint32_t>(lists_.size() - 1);
    }
    append_to(lists_[values_[container].a], child);
}

void PickleGraph::append_pair(ValueId call, ValueId key, ValueId value) {
    ValueList& pairs = calls_[values_[call].a].pairs;
    append_to(pairs, key);
    append_to(pairs, value);
}

}  // namespace assay
