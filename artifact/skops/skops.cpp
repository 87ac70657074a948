#include "artifact/skops/skops.hpp"

#include "artifact/numpy/npy_header.hpp"
#include "artifact/sklearn/releases.hpp"
#include "artifact/sklearn/training_data.hpp"
#include "artifact/skops/node.hpp"
#include "artifact/skops/tree.hpp"
#include "artifact/skops/uses.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace assay {

namespace {

constexpr std::int64_t newest_protocol = 2;
constexpr std::size_t max_attributes = 200;  // of an object

/// What the nodes say beside their uses, gathered on the same walk.
class Facts {
public:
    Facts(const std::map<std::string, const ZipMember*>& members, const SkopsFiles& files, Inspection& inspection)
        : members_(members), files_(files), inspection_(inspection) {}

    void look(const Json& node, const std::string& path) {
        const auto loader = skops_loader(node);
        if (!loader) return;
        look_at_member(node, *loader, path);
        add_object(node, *loader, path);
        const Json& state = skops_state(node);
        if (*loader != SkopsLoader::object || !state.is_object()) return;
        const std::string cls = skops_class(node);
        for (const auto& [key, value] : state.items()) look_at_attribute(cls, key, value, path);
        const auto release = skops_value(skops_member(state, "_sklearn_version"));
        if (!release || !release->is_string()) return;
        evidence("scikit-learn", printable(release->get<std::string>(), 40), true, "_sklearn_version");
        for (const KeyEvidence& key : key_evidence(cls, [&](std::string_view name) { return state.contains(name); }))
            evidence("scikit-learn", std::string(key.range), false, key.evidence);
    }

    void finish() {
        for (const auto& [key, value] : evidence_) {
            const auto& [package, release, exact] = key;
            const auto& [words, count] = value;
            inspection_.releases.push_back(
                {package, release, exact && count > 1 ? fmt::format("{} of {} objects", words, count) : words, exact});
        }
    }

    void evidence(std::string package, std::string release, bool exact, std::string words) {
        auto& [kept, count] = evidence_[{std::move(package), std::move(release), exact}];
        if (count++ == 0) kept = std::move(words);
    }

private:
    void look_at_member(const Json& node, SkopsLoader loader, const std::string& path) {
        const bool array = loader == SkopsLoader::array && skops_text(node, "type") == "numpy";
        const bool sparse = loader == SkopsLoader::sparse_matrix;
        if (!array && !sparse && loader != SkopsLoader::bytes && loader != SkopsLoader::byte_array) {
            if (loader == SkopsLoader::array && skops_text(node, "type") != "json")
                wrong("skops-node", "an array is of no known type", node, path);
            return;
        }
        const std::string file = skops_text(node, "file");
        const Inspection* part = files_.part(file);
        if (part == nullptr) return wrong("skops-member", "a node names a member that is not there: " + file, node, path);
        // What the loader takes the member for must be what it is; what is within is judged with the part.
        if ((array && part->format != "npy") || (sparse && part->format != "npz"))
            return wrong("skops-member", fmt::format("the member {} is {}, and no array", file, part->format), node, path);
        if (!array && !sparse) accept_any(file);
        if (array && !part->arrays.empty()) add_array(part->arrays.front(), file, node, path);
    }

    /// The loader takes the member for bytes and nothing else: they need not be of a format that is known.
    void accept_any(const std::string& file) {
        const auto part =
            std::find_if(inspection_.parts.begin(), inspection_.parts.end(), [&](const Inspection& each) { return each.name == file; });
        if (part == inspection_.parts.end() || part->format != "unknown") return;
        part->complete = true;
        std::erase_if(part->oddities, [](const Oddity& oddity) { return oddity.code == "unknown-format"; });
    }

    void add_array(ArrayFact fact, const std::string& file, const Json& node, const std::string& path) {
        if (fact.dtype == "|V64" || fact.dtype == "|V56") {
            if (path.ends_with("tree_.nodes"))
                evidence("scikit-learn", fact.dtype == "|V64" ? ">=1.3" : "<1.3", false,
                         "tree nodes of " + fact.dtype.substr(2) + " bytes");
        }
        if (skops_class(node) != "numpy.ndarray" && fact.shape.empty()) return;  // a number
        ++inspection_.array_count;
        inspection_.array_total += fact.length;
        if (inspection_.arrays.size() >= max_listed_facts) return;
        const auto member = members_.find(file);
        if (member != members_.end() && member->second->method == 0) fact.offset += member->second->data_offset;
        fact.path = path;
        inspection_.arrays.push_back(std::move(fact));
    }

    void add_object(const Json& node, SkopsLoader loader, const std::string& path) {
        const bool object = loader == SkopsLoader::object || loader == SkopsLoader::tree || loader == SkopsLoader::constructor ||
                            loader == SkopsLoader::loss || loader == SkopsLoader::quantile_forest || loader == SkopsLoader::partial;
        if (!object) return;
        ObjectFact fact{.module = printable(skops_text(node, "__module__"), max_shown_name),
                        .name = printable(skops_text(node, "__class__"), max_shown_name),
                        .path = path};
        const Json& state = skops_state(node);
        if (state.is_object()) {
            for (const auto& [key, value] : state.items()) {
                if (fact.state.size() < max_attributes) fact.state[printable(key, max_shown_name)] = skops_word(value, files_);
            }
        }
        if (const auto release = skops_value(skops_member(state, "_sklearn_version"))) {
            fact.state.erase("_sklearn_version");
            if (release->is_string()) fact.release = printable(release->get<std::string>(), 60);
        }
        auto& objects = inspection_.objects;
        const auto same = std::find_if(objects.begin(), objects.end(), [&](const ObjectFact& each) {
            return each.module == fact.module && each.name == fact.name && each.release == fact.release && each.state == fact.state;
        });
        if (same != objects.end()) {
            ++same->count;
        } else if (objects.size() < max_listed_facts) {
            fact.count = 1;
            objects.push_back(std::move(fact));
        } else {
            inspection_.objects_cut = true;
        }
    }

    void look_at_attribute(const std::string& cls, const std::string& key, const Json& value, const std::string& path) {
        const std::string_view level = training_level(cls, key);
        if (level.empty() || inspection_.training_data.size() >= max_listed_facts) return;
        if (const std::uint64_t rows = skops_rows(value, files_); rows != 0) {
            const std::string shown = printable(key, 60);
            inspection_.training_data.push_back(
                {std::string(level), path.empty() ? shown : path + "." + shown, printable(cls, max_shown_name), rows});
        }
    }

    void wrong(std::string code, std::string_view detail, const Json& node, const std::string& path) {
        if (inspection_.oddities.size() < max_listed_facts) note(inspection_, std::move(code), 0, detail, skops_class(node), path);
    }

    const std::map<std::string, const ZipMember*>& members_;
    const SkopsFiles& files_;
    Inspection& inspection_;
    std::map<std::tuple<std::string, std::string, bool>, std::pair<std::string, std::uint64_t>> evidence_;
};

Json element(const DType& dtype, std::string_view bytes) {
    if (dtype.kind == 'U' || dtype.kind == 'S') return printable(read_string(dtype, bytes), 200);
    const auto number = read_number(dtype, bytes);
    if (!number) return {};
    if (dtype.kind == 'b') return *number != 0;
    if (std::isnan(*number)) return "NaN";
    if (std::isinf(*number)) return *number > 0 ? "Infinity" : "-Infinity";
    if (dtype.kind != 'f' && std::abs(*number) < 9e15) return static_cast<std::int64_t>(*number);
    return *number;
}

Json read_elements(RandomSource& file, const ZipMember& member, std::size_t max, const InspectLimits& limits) {
    const std::unique_ptr<Source> source = open_member(file, member);
    ByteCursor cursor(*source);
    const auto read = read_npy_header(cursor, limits);
    const auto* header = std::get_if<NpyHeader>(&read);
    if (header == nullptr || header->dtype.has_objects || header->dtype.itemsize == 0 || header->dtype.itemsize > 4096) return {};
    std::uint64_t count = 1;
    for (const std::uint64_t extent : header->shape) {
        if (__builtin_mul_overflow(count, extent, &count)) return {};
    }
    Json list = Json::array();
    const auto width = static_cast<std::size_t>(header->dtype.itemsize);
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, max); ++i) {
        const std::string_view bytes = cursor.take(width);
        if (!cursor.ok()) return {};
        list.push_back(element(header->dtype, bytes));
    }
    return list;
}

void read_schema(RandomSource& file, const ZipDirectory& directory, const Json& schema, Inspection& inspection,
                 const InspectLimits& limits) {
    std::map<std::string, const ZipMember*> members;
    for (const ZipMember& member : directory.members) members.emplace(member.name, &member);
    std::map<std::string, const Inspection*> parts;
    for (const Inspection& part : inspection.parts) parts.emplace(part.name, &part);
    const SkopsFiles files{
        .part = [&](const std::string& name) -> const Inspection* {
            const auto found = parts.find(name);
            return found == parts.end() ? nullptr : found->second;
        },
        .elements =
            [&](const std::string& name, std::size_t max) {
                const auto found = members.find(name);
                return found == members.end() || !found->second->is_readable() ? Json() : read_elements(file, *found->second, max, limits);
            },
    };
    Facts facts(members, files, inspection);
    if (const std::string release = skops_text(schema, "_skops_version"); !release.empty())
        facts.evidence("skops", printable(release, 40), true, "_skops_version");
    find_skops_uses(schema, inspection, limits, [&](const Json& node, const std::string& path) { facts.look(node, path); });
    facts.finish();
    inspection.tree = skops_tree(schema, files);
    inspection.feature_names = skops_feature_names(schema, files, max_listed_facts);
    inspection.classes = skops_class_labels(schema, files, max_listed_facts);
}

}  // namespace

Result<void> inspect_skops(RandomSource& file, const ZipDirectory& directory, const ZipMember& schema, Inspection& inspection,
                           Allowance& allowance) {
    const InspectLimits& limits = allowance.limits;
    const Content content{[&] { return open_member(file, schema); }, nullptr, schema.size};
    TRY_ASSIGN(const auto text, read_whole(content, limits.max_buffered, inspection));
    if (!text) return {};
    const auto json = parse_json(*text, {.max_bytes = limits.max_buffered, .max_depth = limits.max_json_depth});
    if (!json) {
        note(inspection, "invalid-json", 0, json.error().because, schema.name);
        return {};
    }
    if (!is_skops_node(*json) && !json->contains("_skops_version")) {
        if (to_lower_ascii(inspection.name).ends_with(".skops"))
            note(inspection, "skops-node", 0, "its name ends in .skops, and its schema.json holds no object of skops", schema.name);
        return {};
    }
    inspection.format = "skops";
    const Json& protocol = skops_member(*json, "protocol");
    inspection.details = {{"protocol", protocol.is_number_integer() ? protocol : Json()}};
    if (!protocol.is_number_integer() || protocol < 0 || protocol > newest_protocol)
        note(inspection, "unscannable", 0, "the protocol is none that skops is known to have", {});
    read_schema(file, directory, *json, inspection, limits);
    return {};
}

}  // namespace assay
