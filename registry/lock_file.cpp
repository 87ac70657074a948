#include "registry/lock_file.hpp"

#include "base/file_path.hpp"
#include "base/json_reader.hpp"
#include "base/text.hpp"
#include "base/toml.hpp"
#include "registry/names.hpp"
#include "registry/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace assay {

namespace {

constexpr std::int64_t format_version = 1;

std::optional<Digest> digest_at(JsonReader& reader, std::string_view key) {
    const std::size_t problems_before = reader.has(key) ? 1 : 0;
    const std::string text = reader.string(key);
    const auto digest = Digest::parse(text);
    if (digest) return *digest;
    if (problems_before != 0) reader.problem(key, digest.error().because);
    return std::nullopt;
}

std::vector<LockedFile> read_files(const Json& list, const std::string& where, Problems& problems) {
    std::vector<LockedFile> files;
    std::set<std::string> paths;
    for (std::size_t i = 0; i < list.size(); ++i) {
        JsonReader reader(list[i], fmt::format("{}[{}]", where, i), problems);
        const std::string text = reader.string("path");
        const std::int64_t size = reader.integer("size");
        const auto digest = digest_at(reader, "digest");
        reader.refuse_unknown();
        const auto path = file_path(text);
        if (!path && !text.empty()) reader.problem("path", path.error().because);
        if (path && !paths.insert(*path).second) reader.problem("path", "is there twice");
        if (size < 0) reader.problem("size", "is negative");
        if (path && digest && size >= 0) files.push_back({*path, static_cast<std::uint64_t>(size), *digest});
    }
    std::ranges::sort(files, {}, &LockedFile::path);
    return files;
}

void read_model(const Json& value, const std::string& where, Problems& problems, LockFile& lock) {
    JsonReader reader(value, where, problems);
    LockedModel model{.name = reader.string("name"),
                      .requested = reader.string("requested"),
                      .version = reader.integer("version"),
                      .digest = Digest(Digest::Bytes{}),
                      .files = {},
                      .environment = {},
                      .path = {}};
    const auto digest = digest_at(reader, "digest");
    const Json& files = reader.array("files");
    const Json* environment = reader.optional_object("environment");
    model.path = reader.optional_string("path");
    reader.refuse_unknown();
    if (!model.name.empty()) {
        if (const auto name = model_name(model.name); !name)
            reader.problem("name", name.error().because);
        else if (const auto reference = Reference::parse(model.reference()); !reference || !model.requested.starts_with('@'))
            reader.problem("requested", "is not '@' and a version, alias or digest");
    }
    if (reader.has("version") && model.version < 1) reader.problem("version", "versions are numbered from 1");
    if (environment != nullptr) {
        for (auto it = environment->begin(); it != environment->end(); ++it) {
            if (it->is_string())
                model.environment[it.key()] = it->get<std::string>();
            else
                problems.push_back(
                    {where + ".environment." + printable(it.key(), 100), fmt::format("must be a string, not {}", type_in_words(*it)), ""});
        }
    }
    model.files = read_files(files, where + ".files", problems);
    if (!digest) return;
    model.digest = *digest;
    if (lock.find(model.name, model.requested) != nullptr) reader.problem("name", model.reference() + " is there twice");
    lock.models.push_back(std::move(model));
}

}  // namespace

void LockFile::set(LockedModel model) {
    const auto it = std::ranges::find_if(
        models, [&](const LockedModel& entry) { return entry.name == model.name && entry.requested == model.requested; });
    if (it == models.end())
        models.push_back(std::move(model));
    else
        *it = std::move(model);
}

const LockedModel* LockFile::find(std::string_view name, std::string_view requested) const {
    const auto it =
        std::ranges::find_if(models, [&](const LockedModel& entry) { return entry.name == name && entry.requested == requested; });
    return it == models.end() ? nullptr : &*it;
}

Result<LockFile> parse_lock_file(std::string_view text) {
    auto document = parse_toml(text);
    if (!document) return fail(std::move(document).error().with_context("reading a lock file"));
    if (const auto version = document->find("version");
        version != document->end() && version->is_number_integer() && version->get<std::int64_t>() > format_version) {
        return fail(Error(ErrorKind::invalid, "lock-too-new", fmt::format("the lock file has format {}", version->get<std::int64_t>()))
                        .with_because(fmt::format("this assay reads format {}", format_version))
                        .with_fix("use the release of assay that wrote it"));
    }
    Problems problems;
    LockFile lock;
    JsonReader reader(*document, "", problems);
    if (reader.integer("version") != format_version && reader.has("version")) reader.problem("version", "must be 1");
    lock.registry = reader.string("registry");
    if (const Json* models = reader.optional_array("model")) {
        for (std::size_t i = 0; i < models->size(); ++i) read_model((*models)[i], fmt::format("model[{}]", i), problems, lock);
    }
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-lock", "the lock file is not valid"));
    return lock;
}

std::string to_text(const LockFile& lock) {
    std::vector<const LockedModel*> models;
    models.reserve(lock.models.size());
    for (const LockedModel& model : lock.models) models.push_back(&model);
    std::ranges::sort(models, {}, [](const LockedModel* model) { return std::tie(model->name, model->requested); });

    std::string text = fmt::format("version = {}\nregistry = {}\n", format_version, toml_string(lock.registry));
    for (const LockedModel* model : models) {
        text += fmt::format("\n[[model]]\nname = {}\nrequested = {}\nversion = {}\ndigest = {}\n", toml_string(model->name),
                            toml_string(model->requested), model->version, toml_string(model->digest.to_string()));
        std::vector<LockedFile> files = model->files;
        std::ranges::sort(files, {}, &LockedFile::path);
        text += "files = [";
        for (std::size_t i = 0; i < files.size(); ++i) {
            text += fmt::format("{}{{ path = {}, size = {}, digest = {} }}", i == 0 ? "" : ", ", toml_string(files[i].path), files[i].size,
                                toml_string(files[i].digest.to_string()));
        }
        text += "]\n";
        if (!model->environment.empty()) {
            std::vector<std::string> releases;
            releases.reserve(model->environment.size());
            for (const auto& [package, release] : model->environment) releases.push_back(toml_key(package) + " = " + toml_string(release));
            text += "environment = { " + join(releases, ", ") + " }\n";
        }
        if (model->path) text += "path = " + toml_string(*model->path) + "\n";
    }
    return text;
}

}  // namespace assay
