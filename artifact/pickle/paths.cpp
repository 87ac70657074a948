#include "artifact/pickle/paths.hpp"

#include "artifact/pickle/look.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <deque>

namespace assay {

namespace {

constexpr std::size_t max_shown_steps = 60;  // of a path that is shown

bool is_identifier(std::string_view text) {
    return !text.empty() && text.size() <= 200 && is_word_text(text) && !(text.front() >= '0' && text.front() <= '9');
}

std::string key_text(const PickleGraph& graph, ValueId key, bool attribute) {
    if (const auto text = text_value(graph, key)) {
        if (attribute && is_identifier(*text)) return "." + std::string(*text);
        return fmt::format("['{}']", printable(*text, 60));
    }
    if (const auto number = integer_value(graph, key)) return fmt::format("[{}]", *number);
    return "[…]";
}

}  // namespace

PicklePaths::PicklePaths(const PickleGraph& graph, const std::vector<ValueId>& roots) : graph_(graph), steps_(graph.size()) {
    std::deque<ValueId> waiting;
    const auto reach = [&](ValueId child, ValueId parent, std::uint32_t slot, How how) {
        if (child == no_value || steps_[child].how != How::unreached) return;
        steps_[child] = {parent, slot, how};
        waiting.push_back(child);
    };
    const auto reach_elements = [&](const ValueList& list, ValueId parent, How how) {
        std::uint32_t index = 0;
        graph.for_each(list, [&](ValueId child) { reach(child, parent, index++, how); });
    };
    const auto reach_pairs = [&](const ValueList& list, ValueId parent, How how) {
        ValueId key = no_value;
        graph.for_each(list, [&](ValueId child) {
            reach(child, parent, key, key == no_value ? How::key : how);
            key = key == no_value ? child : no_value;
        });
    };
    for (const ValueId root : roots) reach(root, no_value, 0, How::root);
    while (!waiting.empty()) {
        const ValueId parent = waiting.front();
        waiting.pop_front();
        const Step step = steps_[parent];
        switch (graph.kind(parent)) {
            case ValueKind::list:
            case ValueKind::set:
            case ValueKind::frozen_set: reach_elements(graph.list_of(parent), parent, How::element); break;
            case ValueKind::tuple:
                reach_elements(graph.list_of(parent), parent,
                               step.how == How::argument && step.slot == no_value ? How::argument : How::element);
                break;
            case ValueKind::dict: reach_pairs(graph.list_of(parent), parent, step.how == How::inside ? How::attribute : How::of_key); break;
            case ValueKind::persistent: reach(graph.at(parent).a, parent, 0, How::inside); break;
            case ValueKind::array:
                reach(graph.array(parent).wrapper, parent, 0, How::inside);
                reach(graph.array(parent).content, parent, 0, How::inside);
                break;
            case ValueKind::call: {
                const PickleCall& call = graph.call(parent);
                reach_elements(call.states, parent, How::inside);
                reach_elements(call.items, parent, How::element);
                reach_pairs(call.pairs, parent, How::of_key);
                reach(call.arguments, parent, no_value, How::argument);
                reach(call.keywords, parent, 0, How::inside);
                reach(call.callable, parent, 0, How::callee);
                break;
            }
            default: break;
        }
    }
}

std::string PicklePaths::path_of(ValueId id) const {
    if (!reached(id)) return "(dropped)";
    std::vector<std::string> parts;
    bool cut = false;
    for (; steps_[id].how != How::root; id = steps_[id].parent) {
        if (parts.size() == max_shown_steps) {
            cut = true;
            break;
        }
        parts.push_back(text_of(steps_[id]));
    }
    std::string path = cut ? "…" : "";
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) path += *part;
    if (path.starts_with('.')) path.erase(0, 1);
    return path;
}

std::string PicklePaths::text_of(const Step& step) const {
    switch (step.how) {
        case How::element: return fmt::format("[{}]", step.slot);
        case How::argument: return step.slot == no_value ? "" : fmt::format(".args[{}]", step.slot);  // the tuple itself is no step
        case How::of_key: return key_text(graph_, step.slot, false);
        case How::attribute: return key_text(graph_, step.slot, true);
        case How::key: return "[a key]";
        default: return "";
    }
}

}  // namespace assay
