#include "artifact/pickle/inspect_pickle.hpp"

#include "artifact/joblib/array_wrapper.hpp"
#include "artifact/joblib/container.hpp"
#include "artifact/numpy/array_view.hpp"
#include "artifact/pickle/fold.hpp"
#include "artifact/pickle/look.hpp"
#include "artifact/pickle/machine.hpp"
#include "artifact/pickle/objects.hpp"
#include "artifact/pickle/paths.hpp"
#include "artifact/pickle/python_text.hpp"
#include "artifact/pickle/uses.hpp"
#include "artifact/sklearn/estimator.hpp"
#include "artifact/sklearn/releases.hpp"
#include "artifact/sklearn/training_data.hpp"
#include "artifact/value_word.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace assay {

namespace {

constexpr std::size_t max_listed = 1000;   // arrays, names, … that an inspection lists
constexpr std::size_t max_embedded = 200;  // byte strings that are looked into
constexpr std::size_t max_name = 300;      // bytes of a name that is shown

/// Everything that one file's pickles said.
struct Reading {
    explicit Reading(const InspectLimits& limits) : graph(limits) {}
    PickleGraph graph;
    std::vector<ValueId> roots;
    WriterTraits traits;
    std::vector<FormatFault> faults;
    std::uint64_t streams = 0;
    bool complete = false;
    bool calls = false;
    bool pytorch = false;
};

/// PyTorch before 1.6 wrote five pickles (a magic number, a version, facts about the machine, the object, keys of storages), and behind
/// them the bytes of the storages. Source: torch/serialization.py, _legacy_save and _legacy_load.
constexpr std::uint64_t pytorch_pickles = 5;
constexpr std::string_view pytorch_magic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";  // 0x1950a86a20f9469cfc6c

bool is_pytorch_magic(const PickleGraph& graph, ValueId root) {
    return graph.is(root, ValueKind::big_integer) && graph.text(root) == pytorch_magic;
}

void read_streams(ByteCursor& cursor, Reading& reading) {
    const std::size_t max_streams = reading.graph.limits().max_streams;
    while (!cursor.at_end()) {
        if (!cursor.ok()) return;
        if (reading.pytorch && reading.streams == pytorch_pickles) break;
        const std::uint64_t start = cursor.offset();
        if (reading.streams >= max_streams) {
            reading.faults.push_back({"limit-streams", start, "more pickles follow each other than any real file has"});
            return;
        }
        ArrayWrapperHook hook(cursor, reading.graph);
        const PickleStream stream = read_pickle(cursor, reading.graph, &hook);
        reading.traits.protocol = std::max(reading.traits.protocol, stream.protocol);
        reading.traits.nested_protocol = std::max(reading.traits.nested_protocol, hook.nested_protocol());
        reading.traits.wrappers += hook.wrappers();
        reading.traits.raw += hook.raw();
        reading.traits.aligned += hook.aligned();
        reading.traits.python_2 = reading.traits.python_2 || stream.python_2 || hook.nested_python_2();
        reading.calls = reading.calls || stream.calls;
        if (stream.root != no_value) reading.roots.push_back(stream.root);
        reading.faults.insert(reading.faults.end(), stream.notes.begin(), stream.notes.end());
        reading.faults.insert(reading.faults.end(), hook.notes().begin(), hook.notes().end());
        if (stream.fault) {
            if (reading.streams > 0 && !stream.calls) {
                reading.faults.push_back({"trailing-bytes", start, "bytes follow the end of the pickle, and they are no pickle"});
            }
            reading.faults.push_back(*stream.fault);
            return;
        }
        ++reading.streams;
        if (reading.streams == 1) reading.pytorch = is_pytorch_magic(reading.graph, stream.root);
    }
    reading.complete = cursor.ok();
}

std::string use_in_words(ImportUse use) {
    switch (use) {
        case ImportUse::call: return "call";
        case ImportUse::instantiate: return "instantiate";
        case ImportUse::argument: return "argument";
        case ImportUse::value: return "value";
    }
    return "";
}

std::string form_in_words(CallForm form) {
    switch (form) {
        case CallForm::reduce: return "reduce";
        case CallForm::new_object: return "new";
        case CallForm::new_object_kw: return "new-keywords";
        case CallForm::instance: return "instance";
    }
    return "";
}

Import import_of(const ImportRecord& record, const PicklePaths& paths) {
    return {printable(record.module, max_name),
            printable(record.name, max_name),
            use_in_words(record.use),
            printable(record.spelled, max_name),
            record.count,
            record.offset,
            paths.path_of(record.first)};
}

/// "('echo hello',)", and what else the object is given.
std::string text_of_call(const PickleGraph& graph, ValueId id) {
    const PickleCall& call = graph.call(id);
    std::string text;
    for (ValueId inner = call.callable; graph.is(inner, ValueKind::call) && text.size() < 400; inner = graph.call(inner).callable) {
        text = python_text(graph, graph.call(inner).arguments, 200) + text;  // f(…)(…)
    }
    text += python_text(graph, call.arguments, 400);
    if (call.keywords != no_value) text += " " + python_text(graph, call.keywords, 200);
    for (const ValueId item : graph.values(call.items, 3)) text += " item " + python_text(graph, item, 100);
    for (const ValueId part : graph.values(call.pairs, 4)) text += " set " + python_text(graph, part, 100);
    for (const ValueId state : graph.values(call.states, 3)) text += " state " + python_text(graph, state, 300);
    return text;
}

Call call_of(const CallRecord& record, const PickleGraph& graph, const PicklePaths& paths) {
    Call call{.module = printable(record.module, max_name),
              .name = printable(record.name, max_name),
              .form = form_in_words(record.form),
              .folded = record.folded,
              .arguments = record.arguments,
              .states = record.states,
              .count = record.count,
              .offset = record.offset};
    call.of_call = record.of_call;
    if (!record.folded) call.text = text_of_call(graph, record.first);
    call.path = paths.path_of(record.first);
    return call;
}

void put_state(const StateRecord& record, const PickleGraph& graph, std::string path, Inspection& inspection) {
    const std::string owner = class_name(graph, record.object);
    const std::string what = record.key.empty() ? fmt::format("the state of {} has a key that is no string: {}", owner, record.holds)
                                                : fmt::format("the state of {} has {} = {}", owner, record.key, record.holds);
    inspection.oddities.push_back({record.code, record.offset, printable(what, 500), printable(record.name, max_name), std::move(path)});
}

void put_uses(const PickleUses& uses, const PickleGraph& graph, const PicklePaths& paths, Inspection& inspection) {
    for (const ImportRecord& record : uses.imports) inspection.imports.push_back(import_of(record, paths));
    for (const CallRecord& record : uses.calls) {
        inspection.calls.push_back(call_of(record, graph, paths));
        if (record.form == CallForm::instance) {
            inspection.oddities.push_back({"py2", record.offset, "instantiates as only Python 2 did",
                                           printable(record.module + "." + record.name, max_name), paths.path_of(record.first)});
        }
    }
    for (const StateRecord& record : uses.states) put_state(record, graph, paths.path_of(record.object), inspection);
    if (uses.truncated) {
        inspection.oddities.push_back({"limit-distinct", 0, "there are more different names or calls than any real file has", {}, {}});
    }
}

/// Names of the functions whose code cloudpickle (or dill) embeds: the strings among the arguments of the code object.
void put_functions(const PickleGraph& graph, Inspection& inspection) {
    std::set<std::string> names;
    const auto size = static_cast<ValueId>(graph.size());
    for (ValueId id = 0; id < size && names.size() < max_listed; ++id) {
        if (!graph.is(id, ValueKind::call) || graph.call(id).form != CallForm::reduce) continue;
        const std::vector<ValueId> arguments = arguments_of(graph, id, 24);
        if (arguments.size() < 13) continue;
        // code(argcount, …, bytecode, consts, names, varnames, filename, name, …): the second string is the name.
        std::vector<std::string_view> strings;
        for (const ValueId argument : arguments) {
            if (graph.is(argument, ValueKind::text)) strings.push_back(graph.text(argument));
        }
        const bool numbers_first = graph.is(arguments[0], ValueKind::integer) && graph.is(arguments[1], ValueKind::integer);
        if (numbers_first && strings.size() >= 2) names.insert(printable(strings[1], max_name));
    }
    inspection.functions.assign(names.begin(), names.end());
}

void put_arrays(const PickleGraph& graph, const PicklePaths& paths, Inspection& inspection) {
    const auto size = static_cast<ValueId>(graph.size());
    for (ValueId id = 0; id < size; ++id) {
        if (!graph.is(id, ValueKind::array) && !graph.is(id, ValueKind::call)) continue;
        const auto view = read_array(graph, id);
        if (!view || !paths.reached(id)) continue;  // what an array of joblib's is made of is dropped for it
        ++inspection.array_count;
        inspection.array_total += view->length;
        if (view->length == 0 && view->dtype.itemsize == 0 && view->elements() != 0) {
            inspection.oddities.push_back({"array-empty-items", view->offset, "an array has elements of no bytes", {}, paths.path_of(id)});
        }
        if (inspection.arrays.size() < max_listed) {
            inspection.arrays.push_back(
                {paths.path_of(id), view->dtype.str(), view->shape, view->fortran, view->offset, view->length, fields_word(view->dtype)});
        }
    }
}

/// Names of the globals of a pickle within a byte string; empty when it is none.
std::vector<std::string> names_within(std::string_view bytes, InspectLimits limits) {
    limits.max_values = 100'000;
    limits.max_unpacked = limits.free_unpacked = 1U << 20U;
    limits.max_kept_texts = 1U << 20U;
    MemorySource memory(bytes);
    std::unique_ptr<Unpacked> unpacked;
    if (const auto codec = sniff_codec(bytes)) unpacked = unpack(*codec, memory, bytes.size(), limits);
    ByteCursor cursor(unpacked ? static_cast<Source&>(*unpacked) : memory);
    const std::string_view first = cursor.peek(2);
    if (first.size() < 2 || first[0] != '\x80' || first[1] < 2 || first[1] > 5) return {};
    PickleGraph graph(limits);
    ArrayWrapperHook hook(cursor, graph);
    (void)read_pickle(cursor, graph, &hook);
    std::vector<std::string> names;
    const auto size = static_cast<ValueId>(graph.size());
    for (ValueId id = 0; id < size && names.size() < 10; ++id) {
        if (graph.is(id, ValueKind::global)) names.push_back(graph.global(id).dotted());
    }
    return names;
}

void note_embedded(const PickleGraph& graph, const PicklePaths& paths, Inspection& inspection) {
    std::size_t looked = 0;
    const auto size = static_cast<ValueId>(graph.size());
    for (ValueId id = 0; id < size && looked < max_embedded; ++id) {
        if (!graph.is(id, ValueKind::bytes) && !graph.is(id, ValueKind::byte_array)) continue;
        const std::string_view bytes = graph.text(id);
        if (bytes.size() < 4 || (bytes[0] != '\x80' && !sniff_codec(bytes))) continue;
        ++looked;
        const std::vector<std::string> names = names_within(bytes, graph.limits());
        if (names.empty()) continue;
        inspection.oddities.push_back(
            {"embedded-pickle", graph.text_info(id).offset,
             printable(
                 fmt::format("bytes that are a pickle of their own, with {}: harmless unless something loads them", join(names, ", ")),
                 500),
             printable(names.front(), max_name), paths.path_of(id)});
    }
}

constexpr std::string_view pickle_alone = "(pickle.load alone)";

/// In pickle.load's view the wrapper stands where joblib's puts the array: a call with one is not another kind of call.
std::vector<std::string> with_arrays(std::vector<std::string> shapes) {
    for (std::string& shape : shapes) {
        if (shape.starts_with("object=") && shape.ends_with("joblib.numpy_pickle:NumpyArrayWrapper")) shape = "array";
    }
    return shapes;
}

/// Adds what pickle.load alone would import, call and set; says "readers-disagree" for names that joblib.load does not see at all.
void put_other_uses(const PickleUses& uses, const PickleUses& other, const PickleGraph& graph, const PicklePaths& paths,
                    Inspection& inspection) {
    std::set<std::pair<std::string, std::string>> known;
    for (const ImportRecord& record : uses.imports) known.emplace(record.module, record.name);
    for (const ImportRecord& record : other.imports) {
        const bool same_use = std::any_of(uses.imports.begin(), uses.imports.end(), [&](const ImportRecord& each) {
            return each.module == record.module && each.name == record.name && each.use == record.use;
        });
        if (same_use || (!record.kept && known.contains({record.module, record.name}))) continue;
        Import import = import_of(record, paths);
        import.path = pickle_alone;
        if (!known.contains({record.module, record.name})) {
            inspection.oddities.push_back({"readers-disagree", record.offset, "pickle.load would import what joblib.load does not see",
                                           import.module + "." + import.name, import.path});
        }
        inspection.imports.push_back(std::move(import));
    }
    const auto key_of = [](const CallRecord& record) {
        return std::tuple(record.module, record.name, record.form, record.folded, record.of_call, with_arrays(record.arguments),
                          with_arrays(record.states));
    };
    std::set<decltype(key_of(other.calls.front()))> calls;
    std::set<std::pair<std::string, std::string>> folded;
    for (const CallRecord& record : uses.calls) {
        calls.insert(key_of(record));
        if (record.folded && record.module.starts_with("numpy")) folded.emplace(record.module, record.name);
    }
    for (const CallRecord& record : other.calls) {
        // Makers of arrays and dtypes run nothing, whatever they are given: here reading stopped before they had all of it.
        if (calls.contains(key_of(record)) || folded.contains({record.module, record.name})) continue;
        Call call = call_of(record, graph, paths);
        call.arguments = with_arrays(std::move(call.arguments));
        call.states = with_arrays(std::move(call.states));
        call.path = pickle_alone;
        inspection.calls.push_back(std::move(call));
    }
    for (const StateRecord& record : other.states) {
        const bool seen = std::any_of(uses.states.begin(), uses.states.end(), [&](const StateRecord& each) {
            return each.key == record.key && each.holds == record.holds && each.name == record.name;
        });
        if (!seen) put_state(record, graph, std::string(pickle_alone), inspection);
    }
}

/// Reads again as pickle.load would, which knows nothing of joblib's arrays: what it would run is judged like the rest. It stops at the
/// bytes of the first array that are no opcodes; where it would read on and we do not, nobody knows what it does.
Result<void> compare_readers(const OpenAgain& again, const PickleUses& uses, Inspection& inspection, const InspectLimits& limits) {
    const std::unique_ptr<Source> source = again();
    ByteCursor cursor(*source);
    PickleGraph graph(limits);
    const PickleStream stream = read_pickle(cursor, graph, nullptr, Reader::careless);
    if (cursor.source_error() && cursor.source_error()->kind != ErrorKind::invalid) return fail(*cursor.source_error());
    std::vector<ValueId> roots;
    if (stream.root != no_value) roots.push_back(stream.root);
    const PickleUses other = uses_of(graph, roots);
    put_other_uses(uses, other, graph, PicklePaths(graph, roots), inspection);
    for (const FormatFault& fault : stream.notes) {
        if (fault.code != "build-target" && fault.code != "append-target") continue;
        inspection.oddities.push_back({"readers-disagree", fault.offset, "pickle.load alone: " + printable(fault.detail, 400),
                                       printable(fault.name, max_name), std::string(pickle_alone)});
    }
    const bool unknown =
        other.truncated || (stream.fault && (stream.fault->code.starts_with("limit-") || stream.fault->code == "call-arguments"));
    if (unknown) {
        inspection.oddities.push_back({"readers-disagree",
                                       stream.fault ? stream.fault->offset : 0,
                                       "pickle.load would read an array's bytes as opcodes, and nobody knows where that ends",
                                       {},
                                       std::string(pickle_alone)});
    }
    return {};
}

void put_faults(const Reading& reading, const ByteCursor& cursor, Inspection& inspection) {
    for (const FormatFault& fault : reading.faults) {
        // A stream that does not unpack ends early for the pickle too: its own reason is the better one.
        if (fault.code == "truncated" && cursor.source_error()) continue;
        inspection.oddities.push_back({fault.code, fault.offset, printable(fault.detail, 500), printable(fault.name, max_name), {}});
    }
    if (cursor.source_error()) {
        inspection.oddities.push_back({cursor.source_error()->code, cursor.offset(), cursor.source_error()->message, {}, {}});
    }
}

void put_sklearn(const Reading& reading, const PickleUses& uses, const PicklePaths& paths, Inspection& inspection) {
    const PickleGraph& graph = reading.graph;
    if (!reading.roots.empty()) {
        const ValueId root = reading.roots.front();
        inspection.tree = estimator_tree(graph, paths, root);
        inspection.feature_names = feature_names(graph, root, max_listed);
        inspection.classes = class_labels(graph, root, max_listed);
    }
    inspection.releases = find_releases(graph, uses, reading.traits);
    inspection.training_data = training_data(graph, paths, max_listed);
}

/// A wrapper beyond the `read` ones that had their arrays: made, and built by another way, where no reader here sees it.
std::optional<std::uint64_t> first_loose_wrapper(const PickleGraph& graph, std::size_t read) {
    std::size_t made = 0;
    const auto size = static_cast<ValueId>(graph.size());
    for (ValueId id = 0; id < size; ++id) {
        if (graph.is(id, ValueKind::call) && is_array_wrapper(graph, id) && ++made > read) return graph.at(id).offset;
    }
    return std::nullopt;
}

/// A time zone that dateutil is to find: `datetime64[ns, dateutil//a/path]` makes pandas open that file.
std::optional<std::uint64_t> first_of_a_file(const PickleGraph& graph) {
    constexpr std::string_view zone = "dateutil/";
    const auto size = static_cast<ValueId>(graph.size());
    for (ValueId id = 0; id < size; ++id) {
        std::string text;
        if (graph.is(id, ValueKind::text)) text = graph.text(id);
        if (graph.is(id, ValueKind::call)) {
            if (const auto scalar = read_scalar(graph, id); scalar && (scalar->dtype.kind == 'U' || scalar->dtype.kind == 'S'))
                text = read_string(scalar->dtype, scalar->bytes);
        }
        if (text.find(zone) != std::string::npos) return graph.at(id).offset;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> first_persistent(const PickleGraph& graph) {
    const auto size = static_cast<ValueId>(graph.size());
    for (ValueId id = 0; id < size; ++id) {
        if (graph.is(id, ValueKind::persistent)) return graph.at(id).offset;
    }
    return std::nullopt;
}

}  // namespace

Result<void> inspect_pickles(Source& source, const OpenAgain& again, Inspection& inspection, const InspectLimits& limits) {
    ByteCursor cursor(source);
    Reading reading(limits);
    read_streams(cursor, reading);
    inspection.unpacked = cursor.offset();
    if (cursor.source_error() && cursor.source_error()->kind != ErrorKind::invalid) return fail(*cursor.source_error());
    inspection.complete = reading.complete && reading.faults.empty();
    inspection.protocol = reading.traits.protocol;
    inspection.streams = reading.streams;
    const PickleGraph& graph = reading.graph;
    const PickleUses uses = uses_of(graph, reading.roots);
    const PicklePaths paths(graph, reading.roots);
    put_faults(reading, cursor, inspection);
    put_uses(uses, graph, paths, inspection);
    put_functions(graph, inspection);
    put_arrays(graph, paths, inspection);
    inspection.objects = objects_of(graph, paths, max_listed, inspection.objects_cut);
    note_embedded(graph, paths, inspection);
    put_sklearn(reading, uses, paths, inspection);
    if (reading.streams > 1 && !reading.pytorch) {
        inspection.oddities.push_back(
            {"multi-stream", 0, fmt::format("{} pickles follow each other in one file", reading.streams), {}, {}});
    }
    if (const auto at = first_loose_wrapper(graph, reading.traits.wrappers)) {
        inspection.oddities.push_back({"array-wrapper",
                                       *at,
                                       "makes the wrapper of an array without an array: joblib would look for one wherever it is built",
                                       {},
                                       {}});
    }
    if (const auto at = first_of_a_file(graph)) {
        inspection.oddities.push_back(
            {"opens-files", *at, "names a time zone by a file, which pandas would open while it is loaded", {}, {}});
    }
    if (const auto at = first_persistent(graph); at && !reading.pytorch) {
        inspection.oddities.push_back(
            {"persistent-id", *at, "holds what only the program that wrote it can give: pickle.load and joblib.load refuse it", {}, {}});
    }
    const bool cloud =
        std::any_of(uses.imports.begin(), uses.imports.end(), [](const auto& import) { return import.module.starts_with("cloudpickle"); });
    inspection.format = reading.traits.wrappers != 0 || !inspection.compression.empty() ? "joblib" : cloud ? "cloudpickle" : "pickle";
    if (reading.pytorch) inspection.format = "pytorch";
    // Without an alignment byte, which is no opcode, pickle.load reads an array's bytes as opcodes.
    if (again && reading.traits.wrappers > reading.traits.aligned) TRY(compare_readers(again, uses, inspection, limits));
    return {};
}

bool begins_like_pickle(std::string_view first_bytes) {
    return first_bytes.size() >= 2 && first_bytes[0] == '\x80' && static_cast<unsigned char>(first_bytes[1]) <= 5;
}

}  // namespace assay
