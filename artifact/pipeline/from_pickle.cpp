#include "artifact/pipeline/from_pickle.hpp"

#include "artifact/numpy/array_view.hpp"
#include "artifact/pickle/fold.hpp"
#include "artifact/pickle/look.hpp"
#include "artifact/pickle/python_text.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <map>

namespace assay::pipeline {

namespace {

/// UTF-8 of code points below 256 as bytes: what `text.encode('latin1')` gives.
std::string latin1(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80 || i + 1 == text.size()) {
            bytes += text[i];
        } else {
            bytes += static_cast<char>((lead & 0x3U) << 6U | (static_cast<unsigned char>(text[++i]) & 0x3fU));
        }
    }
    return bytes;
}

class PickleFitted final : public FittedSource {
public:
    PickleFitted(PickleGraph graph, ValueId root) : graph_(std::move(graph)), root_(root) {}

    [[nodiscard]] FittedId root() const override { return root_; }

    [[nodiscard]] FittedKind kind(FittedId id) const override {
        switch (graph_.kind(id)) {
            case ValueKind::none: return FittedKind::none;
            case ValueKind::boolean: return FittedKind::boolean;
            case ValueKind::integer: return FittedKind::integer;
            case ValueKind::real: return FittedKind::real;
            case ValueKind::text:
            case ValueKind::bytes: return text_value(graph_, id) ? FittedKind::text : bytes_kind(id);
            case ValueKind::byte_array: return bytes_kind(id);
            case ValueKind::list: return FittedKind::list;
            case ValueKind::tuple: return FittedKind::tuple;
            case ValueKind::set:
            case ValueKind::frozen_set: return FittedKind::set;
            case ValueKind::dict: return FittedKind::dict;
            case ValueKind::global: return FittedKind::name;
            case ValueKind::array:
            case ValueKind::call: return call_kind(id);
            default: return FittedKind::other;
        }
    }

    [[nodiscard]] bool boolean(FittedId id) const override {
        return graph_.is(id, ValueKind::boolean) ? graph_.boolean(id) : scalar_number(id) != 0;
    }
    [[nodiscard]] std::int64_t integer(FittedId id) const override {
        if (graph_.is(id, ValueKind::integer)) return graph_.integer(id);
        const auto integers = integers_of(scalar_array(id));
        return integers && integers->size() == 1 ? integers->front() : 0;
    }
    [[nodiscard]] double real(FittedId id) const override { return graph_.is(id, ValueKind::real) ? graph_.real(id) : scalar_number(id); }

    [[nodiscard]] std::string_view text(FittedId id) const override {
        if (const auto text = text_value(graph_, id)) return *text;
        const auto scalar = read_scalar(graph_, id);
        return scalar ? keep(id, read_string(scalar->dtype, scalar->bytes)) : std::string_view();
    }

    [[nodiscard]] std::string_view bytes(FittedId id) const override {
        const auto kept = kept_.find(id);
        if (kept != kept_.end()) return kept->second;
        const auto found = read_bytes(graph_, id);
        if (!found) return {};
        return found->encoded ? keep(id, latin1(found->kept)) : found->kept;
    }

    [[nodiscard]] std::vector<FittedId> items(FittedId id) const override { return graph_.children(id); }

    [[nodiscard]] std::vector<std::pair<FittedId, FittedId>> entries(FittedId id) const override {
        const std::vector<ValueId> flat = graph_.is(id, ValueKind::dict) ? graph_.children(id) : graph_.values(graph_.call(id).pairs);
        std::vector<std::pair<FittedId, FittedId>> found;
        std::map<std::string_view, std::size_t> places;
        for (std::size_t i = 0; i + 1 < flat.size(); i += 2) {
            const auto key = text_value(graph_, flat[i]);
            if (key) {
                const auto [place, is_new] = places.emplace(*key, found.size());
                if (!is_new) {
                    found[place->second].second = flat[i + 1];
                    continue;
                }
            }
            found.emplace_back(flat[i], flat[i + 1]);
        }
        return found;
    }

    [[nodiscard]] FittedArray array(FittedId id) const override {
        FittedArray found;
        const auto view = read_array(graph_, id);
        if (!view) return found;
        found.dtype = view->dtype;
        found.shape = view->shape;
        found.fortran = view->fortran;
        if (view->objects != no_value) {
            found.elements = graph_.children(view->objects);
            found.fortran = false;  // NumPy lists objects in C order always
        } else {
            found.bytes = bytes_of(id, *view);
        }
        return found;
    }

    [[nodiscard]] FittedObject object(FittedId id) const override {
        FittedObject found;
        const PickleCall& call = graph_.call(id);
        const std::string cls = class_name(graph_, id);
        found.cls = cls.empty() ? callable_name(graph_, id) : cls;
        if (cls.empty() || call.form != CallForm::reduce) found.arguments = arguments_of(graph_, id);
        const ValueId state = state_dict(graph_, id);
        if (state != no_value) {
            found.state = state;
        } else if (found.cls == "functools.partial" && call.states.count == 1) {
            found.partial = partial_of(graph_.values(call.states).front());
        }
        // Of a pair Python takes the first for attributes, unless the class has a way of its own.
        if (!found.partial && call.states.count == 1 && graph_.is(graph_.values(call.states).front(), ValueKind::tuple))
            found.tuple = graph_.values(call.states).front();
        found.plain = call.states.count <= 1 && call.items.count == 0 && call.pairs.count == 0 && state_is_plain(call, state);
        return found;
    }

    [[nodiscard]] std::string name(FittedId id) const override {
        if (graph_.is(id, ValueKind::global)) return graph_.global(id).dotted();
        const UfuncName ufunc = ufunc_name(graph_, id);
        return ufunc.module + "." + ufunc.name;
    }

    [[nodiscard]] std::string describe(FittedId id) const override { return printable(python_text(graph_, id, 80), 120); }

    [[nodiscard]] bool is_byte_array(FittedId id) const override {
        return graph_.is(id, ValueKind::byte_array) ||
               (graph_.is(id, ValueKind::call) && callable_name(graph_, id) == "builtins.bytearray");
    }

    /// Of a positive integer of 64 to 128 bits, as random generators have them.
    [[nodiscard]] std::optional<std::string> digits(FittedId id) const override {
        constexpr std::size_t most = 17;
        if (!graph_.is(id, ValueKind::big_integer)) return std::nullopt;
        std::string bytes(graph_.text(id));
        const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
        if (bytes.size() <= 8 || bytes.size() > most || (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0) return std::nullopt;
        if (std::ranges::all_of(bytes, is_digit)) return std::nullopt;  // old protocols write digits
        std::string found;
        while (std::ranges::any_of(bytes, [](char c) { return c != 0; })) {
            unsigned rest = 0;
            for (std::size_t i = bytes.size(); i-- > 0;) {
                rest = rest * 256 + static_cast<unsigned char>(bytes[i]);
                bytes[i] = static_cast<char>(rest / 10);
                rest %= 10;
            }
            found.insert(found.begin(), static_cast<char>('0' + rest));
        }
        return found;
    }

private:
    /// Whether the dict is all that Python put into the object: neither slots beside it, nor what was set in it afterwards.
    [[nodiscard]] bool state_is_plain(const PickleCall& call, ValueId dict) const {
        return dict == no_value || (graph_.values(call.states).back() == dict && graph_.child_count(dict) == call.built);
    }

    /// Only bytes that are all there are any.
    [[nodiscard]] FittedKind bytes_kind(FittedId id) const {
        const auto found = read_bytes(graph_, id);
        return found && bytes(id).size() == found->length ? FittedKind::bytes : FittedKind::other;
    }

    [[nodiscard]] FittedKind call_kind(FittedId id) const {
        if (const auto view = read_array(graph_, id)) {
            // Elements that were not kept cannot be read.
            const bool there = view->objects != no_value || view->length == 0 || bytes_of(id, *view).size() == view->length;
            return there ? FittedKind::array : FittedKind::other;
        }
        if (!graph_.is(id, ValueKind::call)) return FittedKind::other;
        if (const auto scalar = read_scalar(graph_, id)) return scalar_kind(*scalar);
        const Folded folded = fold(graph_, id);
        if (folded == Folded::ufunc) return FittedKind::name;
        if (folded == Folded::bytes) return bytes_kind(id);
        const std::string cls = callable_name(graph_, id);
        const bool is_dict = cls == "collections.OrderedDict" || cls == "collections.defaultdict" || cls == "builtins.dict";
        if (folded == Folded::container && is_dict && arguments_are_plain(id)) return FittedKind::dict;
        return FittedKind::object;
    }

    /// The state (function, arguments, keywords, namespace).
    [[nodiscard]] std::optional<FittedObject::Partial> partial_of(ValueId state) const {
        if (!graph_.is(state, ValueKind::tuple) || graph_.child_count(state) != 4) return std::nullopt;
        const std::vector<ValueId> parts = graph_.children(state);
        return FittedObject::Partial{parts[0], parts[1], parts[2]};
    }

    /// A dict that is filled afterwards, not by what it is called with.
    [[nodiscard]] bool arguments_are_plain(FittedId id) const {
        const std::vector<ValueId> arguments = arguments_of(graph_, id);
        return std::ranges::all_of(arguments, [&](ValueId each) { return graph_.is(each, ValueKind::global); });
    }

    static FittedKind scalar_kind(const ScalarView& scalar) {
        if (scalar.bytes.size() != scalar.dtype.itemsize) return FittedKind::other;
        switch (scalar.dtype.kind) {
            case 'b': return FittedKind::boolean;
            case 'i':
            case 'u': return FittedKind::integer;
            case 'f': return scalar.dtype.itemsize <= 8 ? FittedKind::real : FittedKind::other;
            case 'U': return FittedKind::text;
            default: return FittedKind::other;
        }
    }

    [[nodiscard]] FittedArray scalar_array(FittedId id) const {
        const auto scalar = read_scalar(graph_, id);
        FittedArray one;
        one.shape = {0};
        if (!scalar) return one;
        one.dtype = scalar->dtype;
        one.shape = {};
        one.bytes = scalar->bytes;
        return one;
    }

    [[nodiscard]] double scalar_number(FittedId id) const {
        const auto scalar = read_scalar(graph_, id);
        return scalar ? read_number(scalar->dtype, scalar->bytes).value_or(0) : 0;
    }

    /// The bytes of an array's elements, which protocols 0 to 2 write as text.
    [[nodiscard]] std::string_view bytes_of(FittedId id, const ArrayView& view) const {
        if (view.head.size() == view.length || view.data == no_value) return view.head;
        const auto kept = kept_.find(id);
        if (kept != kept_.end()) return kept->second;
        const auto bytes = read_bytes(graph_, view.data);
        if (!bytes || !bytes->encoded) return view.head;
        return keep(id, latin1(bytes->kept));
    }

    std::string_view keep(FittedId id, std::string text) const { return kept_.insert_or_assign(id, std::move(text)).first->second; }

    PickleGraph graph_;
    ValueId root_;
    mutable std::map<FittedId, std::string> kept_;  ///< what the file spells otherwise
};

}  // namespace

std::unique_ptr<FittedSource> fitted_of(PickleGraph graph, ValueId root) { return std::make_unique<PickleFitted>(std::move(graph), root); }

}  // namespace assay::pipeline
