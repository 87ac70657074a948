#include "artifact/pipeline/to_skops.hpp"

#include "artifact/byte_cursor.hpp"
#include "artifact/pipeline/from_archive.hpp"
#include "artifact/pipeline/read_fitted.hpp"
#include "artifact/zip/zip_writer.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace assay::pipeline {

namespace {

constexpr std::size_t max_nested = 200;  // values within values: what Python's json reads without a deeper stack
constexpr std::uint64_t max_nodes = 4'000'000;
constexpr std::size_t max_text_bytes = std::size_t{1} << 28U;

/// "sklearn.tree._tree.Tree" in its module and its name.
std::pair<std::string, std::string> split_name(const std::string& dotted) {
    const std::size_t dot = dotted.rfind('.');
    return dot == std::string::npos ? std::pair(std::string("builtins"), dotted) : std::pair(dotted.substr(0, dot), dotted.substr(dot + 1));
}

/// A text in JSON, in ASCII as Python writes it by default.
std::string json_text(std::string_view text) { return Json(std::string(text)).dump(-1, ' ', true, Json::error_handler_t::replace); }

/// How NumPy's format 1.0 begins. Source: numpy, numpy/lib/format.py.
std::string npy_bytes(const FittedArray& array) {
    std::string descr = json_text(array.dtype.str());
    descr.front() = descr.back() = '\'';
    if (!array.dtype.fields.empty()) {
        descr = "[";
        std::uint64_t at = 0;
        const auto fill_to = [&](std::uint64_t offset) {
            if (offset > at) descr += fmt::format("('', '|V{}'), ", offset - at);
        };
        for (const DType::Field& field : array.dtype.fields) {
            fill_to(field.offset);
            descr += fmt::format("('{}', '{}'), ", field.name, field.type);
            const auto type = parse_dtype(field.type);
            at = field.offset + (type ? type->itemsize : 0);
        }
        fill_to(array.dtype.itemsize);
        descr.replace(descr.size() - 2, 2, "]");
    }
    std::string shape;
    for (const std::uint64_t extent : array.shape) shape += fmt::format("{}, ", extent);
    if (array.shape.size() == 1) shape.pop_back();
    if (array.shape.size() > 1) shape.resize(shape.size() - 2);
    std::string header =
        fmt::format("{{'descr': {}, 'fortran_order': {}, 'shape': ({}), }}", descr, array.fortran ? "True" : "False", shape);
    constexpr std::size_t before = 10;
    constexpr std::size_t alignment = 64;
    header.append(alignment - (before + header.size() + 1) % alignment, ' ');
    header += '\n';
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() & 0xffU);
    bytes += static_cast<char>(header.size() >> 8U);
    return bytes + header + std::string(array.bytes);
}

/// Whether a name is one of a class, which skops writes as a type and not as a function.
bool names_a_class(const std::string& dotted) {
    const auto [module, name] = split_name(dotted);
    if (module == "builtins") return name != "len" && name != "abs" && name != "max" && name != "min" && name != "sum";
    if (module == "numpy") {
        constexpr auto scalars = std::to_array<std::string_view>({"int", "uint", "float", "complex"});
        return name == "bool" || name.ends_with('_') || std::ranges::any_of(scalars, [&](std::string_view scalar) {
                   return name.size() > scalar.size() && name.starts_with(scalar) && name[scalar.size()] >= '0' &&
                          name[scalar.size()] <= '9';
               });
    }
    return name.front() >= 'A' && name.front() <= 'Z';
}

class SkopsWriter {
public:
    explicit SkopsWriter(const FittedSource& source) : source_(source) {}

    Result<std::string> write() {
        const Fitted root(source_, source_.root());
        std::string schema = node(root, "the model");
        if (!problem_ && !zip_.add("schema.json", schema.substr(0, schema.size() - 1) + R"(, "protocol": 2, "_skops_version": "0.13.0"})"))
            refuse("the model", "it is larger than 4 GiB");
        if (problem_) return fail(*problem_);
        return std::move(zip_).finish();
    }

private:
    std::string refuse(const std::string& path, std::string_view because) {
        if (!problem_) {
            problem_ = Error(ErrorKind::invalid, "not-convertible", "skops cannot hold this model");
            problem_->because = fmt::format("{}: {}", printable(path, 300), because);
            problem_->fixes.emplace_back("assay convert FILE --to assay keeps what predictions depend on, where the model is re-created");
        }
        return "{}";
    }

    /// A node: its class, its loader, a number, and what else it has.
    std::string made(const std::string& dotted, std::string_view loader, const std::string& rest) {
        const auto [module, name] = split_name(dotted);
        return fmt::format(R"({{"__class__": {}, "__module__": {}, "__loader__": "{}", {}"__id__": {}}})", json_text(name),
                           json_text(module), loader, rest.empty() ? "" : rest + ", ", ++last_id_);
    }
    // What is made of nodes that are written already. Nodes are numbered in the order in which they are made, so that two are never made
    // within one expression: compilers take its parts in different orders.
    std::string sequence(const std::string& cls, std::string_view loader, const std::string& nodes) {
        return made(cls, loader, R"("content": [)" + nodes + "]");
    }
    std::string dict_of(const std::string& cls, const std::string& content, const std::vector<std::string>& key_types) {
        std::string types;
        for (const std::string& type : key_types) types += (types.empty() ? "" : ", ") + made(type, "TypeNode", "");
        const std::string list = sequence("builtins.list", "ListNode", types);
        return made(cls, "DictNode", fmt::format(R"("content": {{{}}}, "key_types": {})", content, list));
    }
    std::string objects(const std::string& nodes, const std::vector<std::uint64_t>& shape) {
        std::string extents;
        for (const std::uint64_t extent : shape) extents += (extents.empty() ? "" : ", ") + json(fmt::format("{}", extent));
        const std::string tuple = sequence("builtins.tuple", "TupleNode", extents);
        return made("numpy.ndarray", "NdArrayNode", fmt::format(R"("content": [{}], "type": "json", "shape": {})", nodes, tuple));
    }
    /// What is made by calling the class, as __reduce__ says.
    std::string reduced(const std::string& cls, std::string_view loader, const std::string& arguments, const std::string& state) {
        const std::string tuple = sequence("builtins.tuple", "TupleNode", arguments);
        return made(cls, loader, fmt::format(R"("__reduce__": {{"args": {}}}, "content": {})", tuple, state));
    }
    std::string json(const std::string& text) {
        text_bytes_ += text.size();
        return made("builtins.str", "JsonNode", fmt::format(R"("content": {}, "is_json": true)", json_text(text)));
    }

    std::string node(const Fitted& value, const std::string& path) {
        if (problem_) return "{}";
        if (nested_ >= max_nested) return refuse(path, "values are nested deeper than any real model's");
        // A value that is named twice is written twice: a file can name one a million times.
        if (last_id_ > max_nodes || text_bytes_ > max_text_bytes) return refuse(path, "it holds more values than a skops file is made of");
        ++nested_;
        std::string found = plain(value, path);
        --nested_;
        return found;
    }

    std::string plain(const Fitted& value, const std::string& path) {
        switch (value.kind()) {
            case FittedKind::none: return json("null");
            case FittedKind::boolean: return json(value.boolean() ? "true" : "false");
            case FittedKind::integer: return json(fmt::format("{}", value.integer()));
            case FittedKind::real: return json(real(value.real()));
            case FittedKind::text: return json(json_text(value.text()));
            case FittedKind::list: return sequence("builtins.list", "ListNode", nodes(value.items(), path));
            case FittedKind::tuple: return sequence("builtins.tuple", "TupleNode", nodes(value.items(), path));
            case FittedKind::set: return sequence("builtins.set", "SetNode", nodes(value.items(), path));
            case FittedKind::dict: return dict(value, path);
            case FittedKind::bytes: return bytes(value, path);
            case FittedKind::array: return array(value.array(), value, path);
            case FittedKind::name: return made(value.name(), names_a_class(value.name()) ? "TypeNode" : "FunctionNode", "");
            case FittedKind::object: return object(value, path);
            case FittedKind::other: break;
        }
        if (const auto digits = value.digits()) return json(*digits);
        return refuse(path, "it is " + value.describe());
    }

    /// As Python's json writes it.
    static std::string real(double number) {
        if (std::isnan(number)) return "NaN";
        if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
        std::string text = fmt::format("{}", number);
        if (text.find_first_of(".e") == std::string::npos) text += ".0";
        return text;
    }

    /// One after the other, with commas between.
    std::string nodes(const std::vector<Fitted>& items, const std::string& path) {
        std::string text;
        for (std::size_t i = 0; i < items.size() && !problem_; ++i) {
            if (i != 0) text += ", ";
            text += node(items[i], fmt::format("{}[{}]", path, i));
        }
        return text;
    }

    std::string dict(const Fitted& value, const std::string& path, const std::string& cls = "builtins.dict") {
        std::string content;
        std::vector<std::string> types;
        for (const auto& [key, held] : value.entries()) {
            std::string name;
            if (const auto text = key.as_text()) {
                name = *text;
                types.emplace_back("builtins.str");
            } else if (key.is(FittedKind::boolean)) {
                // bool("False") is True.
                return refuse(path, "it is a dict with a boolean for a key");
            } else if (const auto integer = key.as_integer()) {
                name = fmt::format("{}", *integer);
                types.emplace_back("builtins.int");
            } else if (const auto number = key.as_number()) {
                name = real(*number);
                types.emplace_back("builtins.float");
            } else {
                return refuse(path, "it is a dict with a key that is no text and no number");
            }
            if (!content.empty()) content += ", ";
            content += json_text(name) + ": " + node(held, path + "." + name);
        }
        return dict_of(cls, content, types);
    }

    std::string member(const std::string& ending, std::string_view bytes, const std::string& path) {
        const std::string name = fmt::format("{}{}", ++members_, ending);
        if (!zip_.add(name, bytes)) return refuse(path, "skops' zip has room for 4 GiB and 65,534 members");
        return name;
    }

    std::string bytes(const Fitted& value, const std::string& path) {
        const bool changes = value.is_byte_array();
        return made(changes ? "builtins.bytearray" : "builtins.bytes", changes ? "BytearrayNode" : "BytesNode",
                    fmt::format(R"("file": "{}")", member(".bin", value.bytes(), path)));
    }

    std::string numbers(const FittedArray& array, const std::string& path, const std::string& cls) {
        return made(cls, "NdArrayNode", fmt::format(R"("type": "numpy", "file": "{}")", member(".npy", npy_bytes(array), path)));
    }

    std::string array(const FittedArray& array, const Fitted& value, const std::string& path) {
        if (array.dtype.kind != 'O') {
            if (array.dtype.kind == 'M' || array.dtype.kind == 'm') return refuse(path, "it is an array of times");
            return numbers(array, path, "numpy.ndarray");
        }
        if (array.shape.empty()) return refuse(path, "it is an array of one Python object");
        std::size_t next = 0;
        return objects(elements(array, c_order(array), value, path, 0, next), array.shape);
    }

    /// One axis of an array of objects, and those below it as lists.
    std::string elements(const FittedArray& array, const std::vector<std::size_t>& order, const Fitted& value, const std::string& path,
                         std::size_t axis, std::size_t& next) {
        std::string text;
        for (std::uint64_t i = 0; i < array.shape[axis] && !problem_; ++i) {
            if (i != 0) text += ", ";
            const std::string here = fmt::format("{}[{}]", path, i);
            if (axis + 1 == array.shape.size()) {
                text += node(value.at(array.elements[order[next++]]), here);
            } else {
                text += sequence("builtins.list", "ListNode", elements(array, order, value, here, axis + 1, next));
            }
        }
        return text;
    }

    std::string object(const Fitted& value, const std::string& path) {
        const FittedObject object = value.object();
        if (object.cls == "sklearn.utils._bunch.Bunch" || object.cls == "sklearn.utils.Bunch") return dict(value, path, object.cls);
        if (!object.plain) return refuse(path, "something else is done to it while it is loaded");
        if (std::ranges::find(within_, value.id()) != within_.end()) return refuse(path, "it holds itself");
        within_.push_back(value.id());
        std::string found = object.partial ? partial(value, *object.partial, path) : of_class(value, object, path);
        within_.pop_back();
        return found;
    }

    std::string partial(const Fitted& value, const FittedObject::Partial& parts, const std::string& path) {
        const std::string function = node(value.at(parts.function), path);
        const std::string arguments = node(value.at(parts.arguments), path);
        const std::string keywords = node(value.at(parts.keywords), path);
        return made("functools.partial", "PartialNode",
                    fmt::format(R"("content": {{"func": {}, "args": {}, "kwds": {}, "namespace": {}}})", function, arguments, keywords,
                                json("null")));
    }

    std::string of_class(const Fitted& value, const FittedObject& object, const std::string& path) {
        const auto [module, name] = split_name(object.cls);
        if (object.cls == "builtins.slice" && object.arguments.size() == 3) return slice(value, object, path);
        if (object.cls == "numpy.dtype" && !object.arguments.empty()) return dtype(value.at(object.arguments.front()), path);
        if (object.cls == "sklearn.tree._tree.Tree" && object.arguments.size() == 3 && object.state) {
            const std::string arguments = nodes(at(value, object.arguments), path + " (arguments)");
            return reduced(object.cls, "TreeNode", arguments, node(value.at(*object.state), path));
        }
        if (object.cls.starts_with("scipy.sparse.") && object.state) return sparse(value, object, path);
        if (object.cls == "numpy.ma.core._mareconstruct" && object.tuple) return masked(value.at(*object.tuple), path);
        if (object.cls == "numpy.random.__RandomState_ctor" && object.tuple)  // before NumPy 1.17
            return made("numpy.random.mtrand.RandomState", "RandomStateNode", R"("content": )" + node(value.at(*object.tuple), path));
        if (object.cls == "numpy.random._pickle.__randomstate_ctor" && object.state)
            return made("numpy.random.mtrand.RandomState", "RandomStateNode", R"("content": )" + node(value.at(*object.state), path));
        if (object.cls == "numpy.random._pickle.__generator_ctor" && object.arguments.size() == 1)
            return generator(value.at(object.arguments.front()), path);
        if (name.starts_with("__pyx_unpickle_Cy") && object.arguments.size() == 3) return loss(value, object, path);
        const bool has_loss = module == "sklearn._loss._loss" || module == "_loss" || module == "sklearn.linear_model._sgd_fast" ||
                              module == "sklearn.linear_model.sgd_fast";
        if (has_loss && !object.state && !object.tuple) {
            const std::string arguments = nodes(at(value, object.arguments), path + " (arguments)");
            return reduced(object.cls, "LossNode", arguments, empty_dict());
        }
        // The trees of neighbours and their metrics are made by newObj(cls), and take a tuple.
        if (name == "newObj" && object.arguments.size() == 1 && object.tuple && value.at(object.arguments.front()).is(FittedKind::name))
            return made(value.at(object.arguments.front()).name(), "ObjectNode", R"("content": )" + node(value.at(*object.tuple), path));
        if (object.cls == "builtins.set" && object.arguments.size() == 1 && value.at(object.arguments.front()).is(FittedKind::list))
            return sequence(object.cls, "SetNode", nodes(value.at(object.arguments.front()).items(), path));
        if (object.cls == "sklearn.impute._iterative._ImputerTriplet" ||
            object.cls == "sklearn._loss.glm_distribution.DistributionBoundary")
            return sequence(object.cls, "TupleNode", nodes(at(value, object.arguments), path));
        if (!object.arguments.empty() || object.tuple) return refuse(path, "skops has nothing for " + printable(object.cls, 200));
        if (!object.state) return made(object.cls, "ObjectNode", "");
        return made(object.cls, "ObjectNode", R"("content": )" + node(value.at(*object.state), path));
    }

    /// The state (1, shape, dtype, Fortran order, data, mask, fill value) of numpy.ma.MaskedArray.
    std::string masked(const Fitted& state, const std::string& path) {
        const std::vector<Fitted> parts = state.items();
        if (parts.size() != 7 || !parts[1].is(FittedKind::tuple) || parts[1].items().size() != 1 || !parts[5].is(FittedKind::bytes))
            return refuse(path, "it is a masked array of more than one dimension, or not as NumPy writes it");
        const std::string_view mask = parts[5].bytes();
        const std::uint64_t count = mask.size();
        FittedArray flags{.dtype = *parse_dtype("|b1"), .shape = {count}, .bytes = mask, .elements = {}};
        std::string data;
        if (parts[4].is(FittedKind::list) && parts[4].items().size() == count) {
            data = objects(nodes(parts[4].items(), path), {count});
        } else {
            const auto type = dtype_of(parts[2]);
            if (!type || !parts[4].is(FittedKind::bytes) || type->kind == 'O' || parts[4].bytes().size() != count * type->itemsize)
                return refuse(path, "it is a masked array that is not read");
            data = numbers({.dtype = *type, .shape = {count}, .bytes = parts[4].bytes(), .elements = {}}, path, "numpy.ndarray");
        }
        const std::string masks = numbers(flags, path, "numpy.ndarray");
        return made("numpy.ma.MaskedArray", "MaskedArrayNode", fmt::format(R"("content": {{"data": {}, "mask": {}}})", data, masks));
    }

    /// numpy.random.Generator by its bit generator, which is given (state, seed sequence); before NumPy 1.24 the seed is not kept.
    std::string generator(const Fitted& bits, const std::string& path) {
        const auto unknown = [&] { return refuse(path, "it is a random generator that is not as NumPy 2 writes it"); };
        if (!bits.is(FittedKind::object) || !bits.object().tuple) return unknown();
        const std::vector<Fitted> parts = bits.at(*bits.object().tuple).items();
        if (parts.size() != 2 || !parts[0].is(FittedKind::dict) || !parts[1].is(FittedKind::object) || !parts[1].object().tuple)
            return unknown();
        const std::vector<Fitted> seed = parts[1].at(*parts[1].object().tuple).items();
        if (seed.size() != 5) return unknown();
        constexpr std::array<std::pair<std::string_view, std::size_t>, 4> places = {
            {{"entropy", 0}, {"spawn_key", 4}, {"pool_size", 3}, {"n_children_spawned", 1}}};
        std::string held;
        for (const auto& [key, place] : places)
            held += fmt::format(R"({}"{}": {})", held.empty() ? "" : ", ", key, node(seed[place], path));
        const std::string seeds = dict_of("builtins.dict", held, std::vector<std::string>(places.size(), "builtins.str"));
        return made("numpy.random._generator.Generator", "RandomGeneratorNode",
                    fmt::format(R"("content": {{"bit_generator": {}, "seed_seq": {}}})", node(parts[0], path), seeds));
    }

    static std::vector<Fitted> at(const Fitted& value, const std::vector<FittedId>& ids) {
        std::vector<Fitted> found;
        for (const FittedId id : ids) found.push_back(value.at(id));
        return found;
    }
    std::string empty_dict() { return dict_of("builtins.dict", "", {}); }

    std::string slice(const Fitted& value, const FittedObject& object, const std::string& path) {
        std::array<std::string, 3> bounds;
        for (std::size_t i = 0; i < bounds.size(); ++i) {
            const Fitted bound = value.at(object.arguments[i]);
            const auto integer = bound.as_integer();
            if (!integer && !bound.is_none()) return refuse(path, "it is a slice by " + bound.describe());
            bounds[i] = integer ? fmt::format("{}", *integer) : "null";
        }
        return made("builtins.slice", "SliceNode",
                    fmt::format(R"("content": {{"start": {}, "stop": {}, "step": {}}})", bounds[0], bounds[1], bounds[2]));
    }

    /// Of `numpy.dtype('f8', …)`, or of how it is spelled.
    static std::optional<DType> dtype_of(const Fitted& value) {
        if (value.is(FittedKind::object) && value.object().cls == "numpy.dtype" && !value.object().arguments.empty())
            return dtype_of(value.at(value.object().arguments.front()));
        const auto text = value.as_text();
        if (!text) return std::nullopt;
        const bool ordered = !text->empty() && std::string_view("|<>").find(text->front()) != std::string_view::npos;
        if (*text == "O8" || *text == "O") return parse_dtype("|O");
        return parse_dtype(ordered ? std::string(*text)
                                   : (*text == "b1" || *text == "i1" || *text == "u1" ? "|" : "<") + std::string(*text));
    }

    /// The empty array that has the type.
    std::string dtype(const Fitted& spelled, const std::string& path) {
        const auto type = dtype_of(spelled);
        if (!type || type->kind == 'V') return refuse(path, "it is a dtype that is not read");
        const std::string empty = type->kind == 'O'
                                      ? objects("", {0})
                                      : numbers({.dtype = *type, .shape = {0}, .bytes = {}, .elements = {}}, path, "numpy.ndarray");
        return made("numpy.dtype", "DTypeNode", R"("content": )" + empty);
    }

    std::string loss(const Fitted& value, const FittedObject& object, const std::string& path) {
        const Fitted cls = value.at(object.arguments[0]);
        const Fitted state = value.at(object.arguments[2]);
        if (!cls.is(FittedKind::name)) return refuse(path, "it is a loss of no class");
        const std::string arguments = state.is(FittedKind::tuple) ? nodes(state.items(), path) : std::string();
        return reduced(cls.name(), "LossNode", arguments, empty_dict());
    }

    /// scipy.sparse.save_npz: a zip of arrays.
    std::string sparse(const Fitted& value, const FittedObject& object, const std::string& path) {
        const auto [module, name] = split_name(object.cls);
        const bool compressed = name.starts_with("csr_") || name.starts_with("csc_");
        const Fitted state = value.at(*object.state);
        const auto shape = state.find("_shape");
        if (!compressed || !shape || !shape->is(FittedKind::tuple))
            return refuse(path, "it is a sparse matrix of another kind than rows or columns");
        ZipWriter npz;
        bool fits = true;
        const std::string format = name.substr(0, 3);
        for (const char* part : {"indices", "indptr", "data"}) {
            const auto held = state.find(part);
            if (!held || !held->is(FittedKind::array)) return refuse(path, fmt::format("it is a sparse matrix without {}", part));
            if (std::string_view(part) == "data") {
                const auto spelled = parse_dtype("|S3");
                fits = fits && npz.add("format.npy", npy_bytes({.dtype = *spelled, .shape = {}, .bytes = format, .elements = {}}));
                std::string extents;
                for (const Fitted& extent : shape->items()) {
                    const auto count = static_cast<std::uint64_t>(extent.as_integer().value_or(0));
                    for (std::size_t i = 0; i < 8; ++i) extents += static_cast<char>(count >> (8 * i));
                }
                fits = fits &&
                       npz.add("shape.npy",
                               npy_bytes({.dtype = *parse_dtype("<i8"), .shape = {extents.size() / 8}, .bytes = extents, .elements = {}}));
            }
            fits = fits && npz.add(std::string(part) + ".npy", npy_bytes(held->array()));
        }
        if (!fits) return refuse(path, "it is larger than 4 GiB");
        const std::string bytes = std::move(npz).finish();
        return made(object.cls, "SparseMatrixNode", fmt::format(R"("type": "scipy", "file": "{}")", member(".npz", bytes, path)));
    }

    const FittedSource& source_;
    ZipWriter zip_;
    std::uint64_t last_id_ = 0;
    std::uint64_t members_ = 0;
    std::size_t nested_ = 0;
    std::size_t text_bytes_ = 0;
    std::vector<FittedId> within_;
    std::optional<Error> problem_;
};

}  // namespace

Result<std::string> skops_of(RandomSource& file) {
    RangeSource whole(file);
    ByteCursor cursor(whole);
    const std::string first_bytes(cursor.peek(16));
    if (begins_like_pipeline_archive(first_bytes)) {
        return fail(Error(ErrorKind::invalid, "not-convertible", "an archive is not made into a skops file")
                        .with_because("it holds what predictions depend on, and scikit-learn's objects need all their attributes")
                        .with_fix("convert the joblib or pickle file that it was made from; assay inspect names it"));
    }
    TRY_ASSIGN(const std::unique_ptr<FittedSource> source, read_fitted(file));
    return SkopsWriter(*source).write();
}

}  // namespace assay::pipeline
