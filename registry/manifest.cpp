#include "registry/manifest.hpp"

#include "base/crypto.hpp"

namespace assay {

namespace {

Json files_json(const Manifest& manifest) {
    Json files = Json::array();
    for (const ManifestFile& file : manifest.files) {
        files.push_back({{"path", file.path}, {"digest", file.digest.to_string()}, {"size", file.size}, {"media_type", file.media_type}});
    }
    return files;
}

Error damaged(const Problems& problems) {
    return Error(ErrorKind::integrity, "manifest-damaged", "a stored manifest cannot be read").with_problems(problems);
}

}  // namespace

Result<std::string> canonical_bytes(const Manifest& manifest) {
    return canonical_json({{"schema", "assay.manifest/1"},
                           {"model", manifest.model},
                           {"version", manifest.version},
                           {"created_at", manifest.created_at},
                           {"files", files_json(manifest)},
                           {"facts", to_json(manifest.facts)}});
}

std::vector<FileRow> file_rows(const Manifest& manifest) {
    std::vector<FileRow> rows;
    rows.reserve(manifest.files.size());
    for (const ManifestFile& file : manifest.files) {
        rows.push_back({file.path, file.digest.to_string(), static_cast<std::int64_t>(file.size), file.media_type});
    }
    return rows;
}

Result<std::string> tombstone_bytes(const VersionRow& version, const std::string& deleted_at) {
    return canonical_json({{"schema", "assay.tombstone/1"},
                           {"model", version.model},
                           {"version", version.version},
                           {"digest", version.digest},
                           {"deleted_at", deleted_at}});
}

Result<Manifest> read_manifest(std::string_view bytes) {
    const auto json = parse_json(bytes);
    if (!json) return fail(damaged({{"(file)", json.error().because, ""}}));
    Problems problems;
    JsonReader reader(*json, "", problems);
    Manifest manifest;
    if (reader.string("schema") != "assay.manifest/1") reader.problem("schema", "is not assay.manifest/1");
    manifest.model = reader.string("model");
    manifest.version = reader.integer("version");
    if (manifest.version < 1 || manifest.version > max_version) reader.problem("version", "is not the number of a version");
    manifest.created_at = reader.string("created_at");
    const Json& files = reader.array("files");
    for (std::size_t i = 0; i < files.size(); ++i) {
        JsonReader file(files[i], reader.path_of("files", i), problems);
        const auto digest = Digest::parse(file.string("digest"));
        const std::int64_t size = file.integer("size");
        if (!digest || size < 0) {
            file.problem("digest", "or size is damaged");
            continue;
        }
        manifest.files.push_back({file.string("path"), *digest, static_cast<std::uint64_t>(size), file.string("media_type")});
        file.refuse_unknown();
    }
    manifest.facts = read_facts(reader.object("facts"), "facts", true, problems);
    reader.refuse_unknown();
    if (!problems.empty()) return fail(damaged(problems));
    return manifest;
}

Result<Digest> content_digest(const Manifest& manifest) {
    Facts facts = manifest.facts;
    facts.run.clear();
    facts.missing.clear();
    Json json = to_json(facts);
    // A client's clock moves even when nothing else does: the date of training is no content.
    json.erase("trained_at");
    if (json.contains("parents")) {
        for (Json& parent : json["parents"]) parent.erase("digest");
    }
    TRY_ASSIGN(const std::string text, canonical_json({{"files", files_json(manifest)}, {"facts", json}}));
    return sha256(text);
}

}  // namespace assay
