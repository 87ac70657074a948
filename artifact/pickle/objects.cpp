#include "artifact/pickle/objects.hpp"

#include "artifact/joblib/array_wrapper.hpp"
#include "artifact/numpy/array_view.hpp"
#include "artifact/pickle/fold.hpp"
#include "artifact/pickle/look.hpp"
#include "artifact/value_word.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace assay {

namespace {

constexpr std::size_t max_attributes = 200;  // of an object
constexpr std::size_t max_parts = 16;        // arguments of a call, parts of a state that is a tuple
constexpr std::size_t max_fact_name = 300;
constexpr std::size_t max_steps = 100;       // of a list that are looked at
constexpr std::size_t max_attributes_of_file = 500'000;

std::string name_word(const PickleGlobal& global) {
    return printable(global.module, max_fact_name) + ":" + printable(global.name, max_fact_name);
}

/// The class of an object, or the callable that makes it; null when it is none that a name says.
const PickleGlobal* maker_of(const PickleGraph& graph, ValueId id) {
    const ValueId cls = class_of(graph, id);
    const ValueId maker = cls != no_value ? cls : graph.call(id).callable;
    return graph.is(maker, ValueKind::global) ? &graph.global(maker) : nullptr;
}

/// What is plain data whatever made it.
bool is_plain(Folded folded) {
    switch (folded) {
        case Folded::dtype:
        case Folded::array:
        case Folded::masked_array:
        case Folded::scalar:
        case Folded::bytes:
        case Folded::container:
        case Folded::number:
        case Folded::slice:
        case Folded::time:
        case Folded::ufunc: return true;
        case Folded::no:
        case Folded::object:
        case Folded::partial:
        case Folded::random: break;
    }
    return false;
}

std::string call_word(const PickleGraph& graph, ValueId id) {
    if (const auto view = read_array(graph, id)) return array_word(dtype_word(view->dtype), view->shape);
    if (const auto scalar = read_scalar(graph, id)) return "scalar " + dtype_word(scalar->dtype);
    if (const auto dtype = read_dtype(graph, id)) return "dtype " + dtype_word(*dtype);
    const PickleGlobal* maker = maker_of(graph, id);
    if (maker == nullptr) return "call";
    if (fold(graph, id) == Folded::ufunc) {
        const UfuncName ufunc = ufunc_name(graph, id);
        return printable("name " + ufunc.module + ":" + ufunc.name, max_fact_name);
    }
    return "object " + name_word(*maker);
}

/// Of a list of ("name", step, …): the texts in the place of steps, as "('drop','passthrough')". Releases differ in what they make of them.
std::string texts_of_steps(const PickleGraph& graph, ValueId list) {
    std::set<std::string> texts;
    for (const ValueId item : graph.children(list, max_steps)) {
        if (!graph.is(item, ValueKind::tuple) || graph.child_count(item) < 2) return {};
        const ValueId step = graph.children(item, 2)[1];
        if (graph.is(step, ValueKind::text)) texts.insert(value_word(graph, step));
    }
    return steps_word(texts);
}

}  // namespace

std::string value_word(const PickleGraph& graph, ValueId id) {
    if (id == no_value) return "nothing";
    switch (graph.kind(id)) {
        case ValueKind::none: return "none";
        case ValueKind::boolean: return graph.boolean(id) ? "true" : "false";
        case ValueKind::integer: return integer_word(graph.integer(id));
        case ValueKind::big_integer: return "int";
        case ValueKind::real: return real_word(graph.real(id));
        case ValueKind::bytes:
            if (!graph.at(id).legacy) return "bytes";
            [[fallthrough]];
        case ValueKind::text: return graph.whole(id) ? text_word(graph.text(id)) : "str";
        case ValueKind::byte_array: return "bytes";
        case ValueKind::list: return sequence_word("list", graph.child_count(id)) + texts_of_steps(graph, id);
        case ValueKind::tuple: return sequence_word("tuple", graph.child_count(id));
        case ValueKind::set:
        case ValueKind::frozen_set: return sequence_word("set", graph.child_count(id));
        case ValueKind::dict: return sequence_word("dict", graph.child_count(id) / 2);
        case ValueKind::global: return "name " + name_word(graph.global(id));
        case ValueKind::persistent: return "persistent";
        case ValueKind::array:
        case ValueKind::call: return call_word(graph, id);
    }
    return "nothing";
}

namespace {

/// Reads objects, each state and each value once, however many objects share it.
class ObjectReader {
public:
    explicit ObjectReader(const PickleGraph& graph) : graph_(graph) {}

    /// Absent for what is no object.
    std::optional<ObjectFact> read(ValueId id) {
        if (!graph_.is(id, ValueKind::call)) return std::nullopt;
        const PickleGlobal* maker = maker_of(graph_, id);
        if (maker == nullptr || is_plain(fold(graph_, id)) || read_array(graph_, id) || is_array_wrapper(graph_, id)) return std::nullopt;
        ObjectFact fact{.module = printable(maker->module, max_fact_name), .name = printable(maker->name, max_fact_name)};
        const ValueId state = state_dict(graph_, id);
        if (state != no_value) {
            const State& known = state_of(state);
            fact.release = known.release;
            fact.state = known.words;
        }
        if (graph_.call(id).form == CallForm::reduce && class_of(graph_, id) == no_value)
            put_parts("args", arguments_of(graph_, id, max_parts), fact);
        if (state == no_value) {
            const PickleCall& call = graph_.call(id);
            const ValueId given = call.states.count == 0 ? no_value : graph_.values(call.states).back();
            if (graph_.is(given, ValueKind::tuple)) put_parts("state", graph_.children(given, max_parts), fact);
        }
        spent_ += fact.state.size();
        return fact;
    }

    [[nodiscard]] bool is_spent() const { return spent_ > max_attributes_of_file; }

private:
    struct State {
        std::string release;
        std::map<std::string, std::string> words;
    };

    const State& state_of(ValueId id) {
        const auto [place, fresh] = states_.try_emplace(id);
        if (!fresh) return place->second;
        const std::vector<ValueId> entries = graph_.children(id, 2 * max_attributes);
        for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
            const auto key = text_value(graph_, entries[i]);
            if (!key) continue;
            if (*key == "_sklearn_version") {
                if (const auto release = text_value(graph_, entries[i + 1])) place->second.release = printable(*release, 60);
            } else {
                place->second.words[printable(*key, max_fact_name)] = word_of(entries[i + 1]);
            }
        }
        return place->second;
    }

    const std::string& word_of(ValueId id) {
        const auto [place, fresh] = words_.try_emplace(id);
        if (fresh) place->second = value_word(graph_, id);
        return place->second;
    }

    void put_parts(const char* name, const std::vector<ValueId>& parts, ObjectFact& fact) {
        for (std::size_t i = 0; i < parts.size(); ++i) fact.state[fmt::format("{}[{}]", name, i)] = word_of(parts[i]);
    }

    const PickleGraph& graph_;
    std::unordered_map<ValueId, State> states_;
    std::unordered_map<ValueId, std::string> words_;
    std::size_t spent_ = 0;
};

}  // namespace

std::vector<ObjectFact> objects_of(const PickleGraph& graph, const PicklePaths& paths, std::size_t max, bool& cut) {
    std::vector<ObjectFact> facts;
    std::map<std::tuple<std::string, std::string, std::string, std::map<std::string, std::string>>, std::size_t> known;
    ObjectReader reader(graph);
    const auto size = static_cast<ValueId>(graph.size());
    for (ValueId id = 0; id < size; ++id) {
        if (!paths.reached(id)) continue;
        if (reader.is_spent()) {
            cut = true;
            break;
        }
        auto fact = reader.read(id);
        if (!fact) continue;
        const auto [place, fresh] = known.try_emplace({fact->module, fact->name, fact->release, fact->state}, facts.size());
        if (!fresh) {
            ++facts[place->second].count;
        } else if (facts.size() < max) {
            fact->count = 1;
            fact->path = paths.path_of(id);
            facts.push_back(*std::move(fact));
        } else {
            known.erase(place);
            cut = true;
        }
    }
    return facts;
}

}  // namespace assay
