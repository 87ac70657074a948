#include "registry/contents.hpp"

#include "artifact/range_digests.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"
#include "registry/blobs.hpp"
#include "registry/inspections.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace assay {

namespace {

using Rows = std::map<std::string, Json>;

/// Formats whose arrays are placed in the file as a whole, not in a member of it.
bool has_placed_arrays(std::string_view format) {
    constexpr auto formats = std::to_array<std::string_view>({"joblib", "pickle", "cloudpickle", "npy"});
    return std::find(formats.begin(), formats.end(), format) != formats.end();
}

std::string joined(const std::string& parent, const std::string& name) { return parent.empty() ? name : parent + "." + name; }

/// The name of a step; of others the rest of the path: "estimators_[3]".
std::string name_of(const Json& child, const std::string& parent) {
    const std::string name = child.value("name", "");
    std::string rest = child.value("path", "");
    if (rest.starts_with(parent)) rest.erase(0, parent.size());
    if (rest.starts_with('.')) rest.erase(0, 1);
    return name.empty() || rest.starts_with(name + "[") ? rest : name;
}

/// The attributes of an object and of those below it. `places` gets where each object is, for the arrays.
void add_objects(const Json& node, const std::string& place, Rows& rows, std::map<std::string, std::string>& places) {
    const std::string path = node.value("path", "");
    places.emplace(path, place);
    rows.emplace(joined(place, "class"), node.value("class", ""));
    for (const char* kind : {"params", "fitted"}) {
        const auto attributes = node.find(kind);
        if (attributes == node.end() || !attributes->is_object()) continue;
        for (const auto& [key, value] : attributes->items()) {
            // Arrays come with their bytes, objects and steps in their own place.
            if (value.is_object() && (value.contains("array") || value.contains("object"))) continue;
            rows.emplace(joined(place, key), value);
        }
    }
    const auto children = node.find("children");
    if (children == node.end() || !children->is_array()) return;
    for (const Json& child : *children) {
        add_objects(child, joined(place, name_of(child, path)), rows, places);
    }
}

/// "estimators_[17].tree_.nodes" → "estimators_[*].tree_.nodes".
std::string without_indices(std::string_view path) {
    std::string text;
    for (std::size_t i = 0; i < path.size(); ++i) {
        text += path[i];
        if (path[i] != '[') continue;
        const std::size_t end = path.find_first_not_of("0123456789", i + 1);
        if (end == std::string_view::npos || end == i + 1 || path[end] != ']') continue;
        text += '*';
        i = end - 1;
    }
    return text;
}

/// The place of an array: that of the nearest object above it, and the rest of its path.
std::string place_of(const std::string& path, const std::map<std::string, std::string>& places) {
    if (path.empty()) return "array";
    for (std::size_t dot = path.rfind('.'); dot != std::string::npos && dot > 0; dot = path.rfind('.', dot - 1)) {
        const auto owner = places.find(path.substr(0, dot));
        if (owner != places.end()) return without_indices(joined(owner->second, path.substr(dot + 1)));
    }
    return without_indices(path);
}

struct ArrayGroup {
    std::int64_t count = 0;
    std::uint64_t bytes = 0;
    Json only;  ///< dtype and shape, of one
    Sha256 hash = {};
    bool read = true;
};

/// Digests the arrays of a file, as far as they may be read; absent where they were not.
Result<std::vector<std::optional<Digest>>> digests_of(Registry& registry, const Digest& blob, const std::vector<ArtifactRange>& ranges,
                                                      std::uint64_t unpacked, std::uint64_t& may_read) {
    if (ranges.empty() || unpacked > may_read) return std::vector<std::optional<Digest>>(ranges.size());
    may_read -= unpacked;
    TRY_ASSIGN(const std::unique_ptr<BlobReader> file, open_blob(registry, blob));
    return digest_ranges(*file, ranges);
}

Result<void> add_arrays(Registry& registry, const Digest& blob, const Json& inspection, const std::map<std::string, std::string>& places,
                        std::uint64_t& may_read, Rows& rows) {
    const auto arrays = inspection.find("arrays");
    if (arrays == inspection.end() || !arrays->is_array()) return {};
    const bool placed = has_placed_arrays(inspection.value("format", ""));
    std::vector<ArtifactRange> ranges;
    for (const Json& array : *arrays) {
        if (placed) ranges.push_back({array.value("offset", std::uint64_t{0}), array.value("length", std::uint64_t{0})});
    }
    TRY_ASSIGN(auto digests, digests_of(registry, blob, ranges, inspection.value("unpacked", std::uint64_t{0}), may_read));
    digests.resize(arrays->size());
    std::map<std::string, ArrayGroup> groups;
    for (std::size_t i = 0; i < arrays->size(); ++i) {
        const Json& array = (*arrays)[i];
        ArrayGroup& group = groups[place_of(array.value("path", ""), places)];
        ++group.count;
        group.bytes += array.value("length", std::uint64_t{0});
        group.only = {{"array", array.value("dtype", "")}, {"shape", array.value("shape", Json::array())}};
        group.read = group.read && digests[i].has_value();
        if (digests[i]) group.hash.update(digests[i]->to_string());
    }
    for (auto& [place, group] : groups) {
        Json value = group.count == 1 ? std::move(group.only) : Json{{"arrays", group.count}, {"bytes", group.bytes}};
        if (group.read) {
            value["sha256"] = group.hash.finish().hex();
        } else {
            value["not_read"] = blob.hex();  // the same only in the same file
        }
        rows.insert_or_assign(place, std::move(value));
    }
    return {};
}

}  // namespace

Result<std::map<std::string, Json>> contents_of(Registry& registry, const VersionRow& version, std::uint64_t& may_read) {
    Rows all;
    const auto inspected = inspect_version(registry, version);
    if (!inspected) {
        if (inspected.error().kind != ErrorKind::integrity && inspected.error().kind != ErrorKind::not_found)
            return fail(inspected.error());
        all.emplace("(not read)", inspected.error().message);
        return all;
    }
    for (const FileInspection& file : inspected->files) {
        Rows rows;
        std::map<std::string, std::string> places;
        if (const auto tree = file.inspection.find("tree"); tree != file.inspection.end() && tree->is_object())
            add_objects(*tree, {}, rows, places);
        TRY(add_arrays(registry, file.digest, file.inspection, places, may_read, rows));
        for (auto& [place, value] : rows) all.emplace(inspected->files.size() == 1 ? place : file.path + ": " + place, std::move(value));
    }
    return all;
}

}  // namespace assay
