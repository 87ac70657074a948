#include "artifact/pickle/python_text.hpp"

#include "artifact/numpy/array_view.hpp"
#include "artifact/pickle/look.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace assay {

namespace {

constexpr int max_depth = 6;

class Writer {
public:
    Writer(const PickleGraph& graph, std::size_t max_bytes) : graph_(graph), max_bytes_(max_bytes) {}

    void write(ValueId id, int depth) {
        if (full()) return;
        if (depth > max_depth || id == no_value) return put("…");
        switch (graph_.kind(id)) {
            case ValueKind::none: return put("None");
            case ValueKind::boolean: return put(graph_.boolean(id) ? "True" : "False");
            case ValueKind::integer: return put(fmt::format("{}", graph_.integer(id)));
            case ValueKind::big_integer: return put("<big integer>");
            case ValueKind::real: return put(python_float(graph_.real(id)));
            case ValueKind::text: return quoted("", id);
            case ValueKind::bytes: return quoted(graph_.at(id).legacy ? "" : "b", id);
            case ValueKind::byte_array: return put(fmt::format("bytearray({} bytes)", graph_.text_info(id).length));
            case ValueKind::list: return sequence("[", "]", id, depth);
            case ValueKind::tuple: return sequence("(", graph_.child_count(id) == 1 ? ",)" : ")", id, depth);
            case ValueKind::dict: return dict(id, depth);
            case ValueKind::set:
            case ValueKind::frozen_set: return sequence("{", "}", id, depth);
            case ValueKind::global: return put(printable(graph_.global(id).dotted(), 200));
            case ValueKind::persistent: return put("persistent_load(…)");
            case ValueKind::array: return array(id);
            case ValueKind::call: return call(id, depth);
        }
    }

    [[nodiscard]] std::string text() {
        if (full()) out_ += "…";
        return std::move(out_);
    }

private:
    [[nodiscard]] bool full() const { return out_.size() >= max_bytes_; }
    void put(std::string_view text) { out_ += text; }

    static std::string python_float(double value) {
        if (std::isnan(value)) return "nan";
        if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
        std::string text = shortest_number(value);
        if (text.find_first_of(".e") == std::string::npos) text += ".0";
        return text;
    }

    void quoted(std::string_view prefix, ValueId id) {
        const std::size_t room = max_bytes_ - std::min(max_bytes_, out_.size());
        std::string shown = printable(graph_.text(id), room + 8);
        if (!graph_.whole(id) && !shown.ends_with("…")) shown += "…";
        put(fmt::format("{}'{}'", prefix, shown));
    }

    void list_of_values(const std::vector<ValueId>& values, int depth) {
        bool first = true;
        for (const ValueId value : values) {
            if (full()) return;
            if (!first) put(", ");
            first = false;
            write(value, depth + 1);
        }
    }

    void sequence(std::string_view open, std::string_view close, ValueId id, int depth) {
        put(open);
        list_of_values(graph_.children(id, 50), depth);
        if (graph_.child_count(id) > 50) put(", …");
        put(close);
    }

    void dict(ValueId id, int depth) {
        put("{");
        const std::vector<ValueId> values = graph_.children(id, 60);
        for (std::size_t i = 0; i + 1 < values.size() && !full(); i += 2) {
            if (i != 0) put(", ");
            write(values[i], depth + 1);
            put(": ");
            write(values[i + 1], depth + 1);
        }
        if (graph_.child_count(id) > 60) put(", …");
        put("}");
    }

    void array(ValueId id) {
        const auto view = read_array(graph_, id);
        if (!view) return put("array(…)");
        std::string shape;
        for (const std::uint64_t extent : view->shape) shape += fmt::format("{}{}", shape.empty() ? "" : ", ", extent);
        put(fmt::format("array({}, ({}{}))", view->dtype.name(), shape, view->shape.size() == 1 ? "," : ""));
    }

    void call(ValueId id, int depth) {
        if (read_array(graph_, id)) return array(id);
        if (const auto dtype = read_dtype(graph_, id)) return put(fmt::format("dtype('{}')", dtype->str()));
        const auto scalar = read_scalar(graph_, id);
        if (scalar) {
            if (const auto number = read_number(scalar->dtype, scalar->bytes)) return put(python_float(*number));
        }
        if (const ValueId cls = class_of(graph_, id); cls != no_value && graph_.call(id).states.count != 0) {
            write(cls, depth + 1);
            return put("(…)");
        }
        write(graph_.call(id).callable, depth + 1);
        put("(");
        list_of_values(arguments_of(graph_, id, 20), depth);
        put(")");
    }

    const PickleGraph& graph_;
    std::size_t max_bytes_;
    std::string out_;
};

}  // namespace

std::string python_text(const PickleGraph& graph, ValueId id, std::size_t max_bytes) {
    Writer writer(graph, max_bytes);
    writer.write(id, 0);
    return writer.text();
}

}  // namespace assay
