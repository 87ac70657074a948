#include "clients/cli/import_mlflow.hpp"

#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cli/progress.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/local_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace assay {

namespace {

constexpr std::size_t max_batch_bytes = std::size_t{4} << 20U;
constexpr std::size_t max_batch = 500;
constexpr std::size_t max_points = 50'000;  // of a run, in one request
constexpr std::size_t max_named = 5'000;    // files

/// Members that the import does not take.
Json without(Json json, std::initializer_list<const char*> keys) {
    for (const char* key : keys) json.erase(key);
    return json;
}

/// Takes over from one source, and keeps what came of it.
class MlflowImport {
public:
    MlflowImport(Output& output, Connection& server, MlflowSource& source, bool no_artifacts, ImportReport& report)
        : output_(output), server_(server), source_(source), no_artifacts_(no_artifacts), report_(report) {}

    Result<void> run() {
        TRY_ASSIGN(Json experiments, source_.experiments());
        TRY_ASSIGN(const std::uint64_t runs, source_.run_count());
        Progress progress(output_, "runs", runs, Progress::Unit::things);
        for (const Json& experiment : experiments) {
            TRY_ASSIGN(const Json answer, ask("experiments", Json::array({experiment})));
            count("experiments", answer[0], [&] { return fmt::format("experiment '{}'", string_of(experiment, "name")); });
            const auto id = integer_of(answer[0], "experiment");
            if (!id) continue;
            TRY(take("runs", "run", *id, run_places_, &progress, [&](const auto& add) { return source_.runs(experiment, add); }));
            TRY(take("logged_models", "logged model", *id, model_places_, nullptr,
                     [&](const auto& add) { return source_.logged_models(experiment, add); }));
        }
        progress.clear();
        if (!no_artifacts_) TRY(take_files());
        return take_models();
    }

private:
    struct Place {
        std::string artifacts;  ///< the URI there
        std::string location;   ///< the folder here
        std::string what;       ///< for people
        bool added = false;
        bool lacks_files = false;  ///< they are there, and could not be read
    };
    using Places = std::map<std::string, Place>;  ///< by id

    /// What came of each item: as many objects.
    Result<Json> ask(const char* list, Json items) {
        const std::size_t size = items.size();
        TRY_ASSIGN(const Json answer, server_.ask("/v1/import", Json{{list, std::move(items)}}));
        const Json& came = list_of(answer, list);
        if (came.size() == size && std::ranges::all_of(came, [](const Json& one) { return one.is_object(); })) return came;
        return fail(ErrorKind::internal, "unexpected-answer", "the server's answer does not say what came of each item");
    }

    template <class Name>
    void count(const std::string& what, const Json& answer, Name name) {
        if (answer.contains("refused")) {
            skip(name(), string_of(answer, "because"));
            return;
        }
        if (member(answer, "added") == true) {
            report_.add(what);
        } else {
            report_.found(what);
        }
    }

    void skip(std::string what, std::string because) { report_.skip(std::move(what), std::move(because)); }

    /// Collects items until they are a request's worth.
    struct Batch {
        Json items = Json::array();
        std::vector<Json> sources;
        std::size_t bytes = 0;

        [[nodiscard]] bool has_room_for(std::size_t more) const { return bytes + more <= max_batch_bytes && items.size() < max_batch; }
        void add(Json item, Json source, std::size_t size) {
            bytes += size;
            items.push_back(std::move(item));
            sources.push_back(std::move(source));
        }
    };

    /// Takes over, in batches, what `read` gives of an experiment: items of one list, whose files are at `places` then.
    template <class Read>
    Result<void> take(const char* list, const std::string& noun, std::int64_t experiment, Places& places, Progress* progress, Read read) {
        Batch batch;
        const auto send = [&]() -> Result<void> {
            if (batch.items.empty()) return {};
            const Batch full = std::exchange(batch, {});
            TRY_ASSIGN(const Json answers, ask(list, full.items));
            for (std::size_t i = 0; i < full.sources.size(); ++i) {
                const Json& source = full.sources[i];
                const std::string id = string_of(source, "id");
                const std::string what = fmt::format("{} {} ({})", noun, id, string_of(source, "name"));
                count(noun + "s", answers[i], [&] { return what; });
                if (answers[i].contains("location"))
                    places[id] = {string_of(source, "artifacts"), string_of(answers[i], "location"), what,
                                  member(answers[i], "added") == true};
            }
            if (progress != nullptr) progress->advance(full.sources.size());
            return {};
        };
        TRY(read([&](Json item) -> Result<void> {
            const Json source = {{"id", item["id"]}, {"name", item["name"]}, {"artifacts", item["artifacts"]}};
            item["experiment"] = experiment;
            item = without(std::move(item), {"artifacts"});
            std::vector<Json> rest = split_points(item);
            const std::size_t size = to_text(item).size();
            if (!batch.has_room_for(size)) TRY(send());
            batch.add(std::move(item), source, size);
            if (rest.empty()) return {};
            TRY(send());
            for (const Json& piece : rest) {
                TRY_ASSIGN(const Json answer, ask(list, Json::array({piece})));
                if (answer[0].contains("refused"))
                    skip(fmt::format("points of {} {}", noun, string_of(source, "id")), string_of(answer[0], "because"));
            }
            return {};
        }));
        return send();
    }

    /// Leaves the first points of a run's metrics in it, and gives the others as items of the same run; there are few runs that have
    /// others.
    static std::vector<Json> split_points(Json& item) {
        std::vector<Json> rest;
        const Json& all = member(item, "metrics");
        std::size_t count = 0;
        for (const Json& points : all) count += points.size();
        if (!all.is_object() || count <= max_points) return rest;
        const Json metrics = std::exchange(item["metrics"], Json::object());
        const Json bare = item;
        count = 0;
        for (const auto& [name, points] : metrics.items()) {
            for (const Json& point : points) {
                if (count > 0 && count % max_points == 0) rest.push_back(bare);
                (rest.empty() ? item : rest.back())["metrics"][name].push_back(point);
                ++count;
            }
        }
        return rest;
    }

    Result<void> take_files() {
        Progress progress(output_, "files of runs and models", run_places_.size() + model_places_.size(), Progress::Unit::things);
        for (auto* places : {&run_places_, &model_places_}) {
            for (auto& [id, place] : *places) {
                TRY(take_files_of(place));
                progress.advance(1);
            }
        }
        return {};
    }

    Result<void> take_files_of(Place& place) {
        const auto files = source_.files(place.artifacts);
        if (!files && (files.error().kind == ErrorKind::network || files.error().kind == ErrorKind::unavailable))
            return fail(files.error());
        if (!files) {
            if (files.error().code != "no-folder")
                skip("files of " + place.what, files.error().message);  // most runs have no files, and no folder
            place.lacks_files = true;
            return {};
        }
        if (files->empty()) return {};
        std::map<std::string, std::uint64_t> here;
        if (!place.added) TRY(list_here(place.location, "", here));
        Json entries = Json::array();
        for (const SourceFile& file : *files) {
            const auto same = here.find(file.path);
            if (same != here.end() && same->second == file.size) {  // MLflow has no checksums: a file of that size is taken for the same
                report_.found("files");
                continue;
            }
            const auto hashed_or = hashed_file(place, file);
            if (!hashed_or && hashed_or.error().kind == ErrorKind::network) return fail(hashed_or.error());
            if (!hashed_or) {
                skip(fmt::format("{} of {}", file.path, place.what), hashed_or.error().message);
                place.lacks_files = true;
                continue;
            }
            const LocalFile& hashed = *hashed_or;
            TRY_ASSIGN(const bool known, server_.has_blob(hashed.digest));
            if (!known) {
                TRY(server_.put_blob(hashed, {}, [] {}));
                report_.sent(hashed.size);
            }
            entries.push_back({{"path", place.location + "/" + file.path}, {"digest", hashed.digest.to_string()}});
            if (entries.size() >= max_named) TRY(name_files(std::exchange(entries, Json::array())));
        }
        return name_files(entries);
    }

    Result<LocalFile> hashed_file(const Place& place, const SourceFile& file) {
        TRY_ASSIGN(const std::string local, source_.local(place.artifacts, file.path));
        return hash_file(local);
    }

    Result<void> name_files(const Json& entries) {
        if (entries.empty()) return {};
        TRY_ASSIGN(const Json answers, ask("files", entries));
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (answers[i].contains("refused")) {
                skip(string_of(entries[i], "path"), string_of(answers[i], "because"));
            } else {
                report_.add("files");
            }
        }
        return {};
    }

    Result<void> list_here(const std::string& location, const std::string& folder, std::map<std::string, std::uint64_t>& found) {
        const std::string path = folder.empty() ? location : location + "/" + folder;
        TRY_ASSIGN(const Json listed, server_.get("/api/2.0/mlflow-artifacts/artifacts?path=" + encode_component(path)));
        for (const Json& file : list_of(listed, "files")) {
            const std::string name = folder.empty() ? string_of(file, "path") : folder + "/" + string_of(file, "path");
            if (member(file, "is_dir") == true) {
                TRY(list_here(location, name, found));
            } else {
                found[name] = static_cast<std::uint64_t>(integer_of(file, "file_size").value_or(0));
            }
        }
        return {};
    }

    Result<void> take_models() {
        TRY_ASSIGN(const Json models, source_.models());
        for (const Json& model : models) {
            const std::string name = string_of(model, "name");
            TRY_ASSIGN(const Json answer, ask("models", Json::array({without(model, {"aliases"})})));
            count("models", answer[0], [&] { return fmt::format("model '{}'", name); });
            if (answer[0].contains("refused")) continue;
            if (no_artifacts_) {
                skip("versions of " + name, "without files there are none (--no-artifacts)");
                continue;
            }
            std::map<std::int64_t, bool> registered;
            TRY(source_.versions(model, [&](const Json& version) { return take_version(name, version, registered); }));
            for (const auto& [alias, number] : member(model, "aliases").items()) {
                if (!registered[number.get<std::int64_t>()]) {
                    skip(fmt::format("alias '{}' of {}", alias, name),
                         fmt::format("its version {} was not taken over", number.get<std::int64_t>()));
                    continue;
                }
                TRY(take_alias(name, alias, number.get<std::int64_t>()));
            }
        }
        return {};
    }

    /// One that is here stays where it is: it may have been moved since.
    Result<void> take_alias(const std::string& name, const std::string& alias, std::int64_t number) {
        const std::string path = Connection::path_of(name) + "/aliases/" + encode_component(alias);
        const auto set = server_.put(path, {{"version", number}}, {{"If-None-Match", "*"}});
        if (set) {
            report_.add("aliases");
            return {};
        }
        if (set.error().kind == ErrorKind::network || set.error().kind == ErrorKind::unavailable) return fail(set.error());
        const auto held = set.error().kind == ErrorKind::precondition
                              ? server_.get(Connection::path_of(name) + "/versions/@" + encode_component(alias))
                              : Result<Json>(fail(set.error()));
        const auto here = held ? integer_of(*held, "version") : std::nullopt;
        if (here == number) {
            report_.found("aliases");
        } else {
            skip(fmt::format("alias '{}' of {}", alias, name),
                 here ? fmt::format("it points at version {} here, and at {} there", *here, number) : set.error().message);
        }
        return {};
    }

    Result<void> take_version(const std::string& name, const Json& version, std::map<std::int64_t, bool>& registered) {
        const std::int64_t number = integer_of(version, "version").value_or(0);
        const std::string what = fmt::format("{} version {}", name, number);
        if (string_of(version, "status") != "READY") {
            skip(what, fmt::format("its status there is {}", text_of(version, "status")));
            return {};
        }
        const auto location = location_of(version);
        if (!location) {
            skip(what, fmt::format("its files are at '{}', in no run or logged model that was imported", text_of(version, "source")));
            return {};
        }
        if (location->lacks_files) {  // a registration without them would fail for good, and take the number
            skip(what, "its files could not be read");
            return {};
        }
        Json wanted = without(version, {"storage", "status"});
        wanted["location"] = location->folder;
        if (!location->logged_model.empty()) wanted["logged_model"] = location->logged_model;
        TRY_ASSIGN(const Json answer, ask("versions", Json::array({wanted})));
        registered[number] = member(answer[0], "registered") == true;
        count(registered[number] || answer[0].contains("refused") ? "versions" : "failed versions", answer[0], [&] { return what; });
        if (answer[0].contains("registered") && !registered[number])
            skip(what + " (kept as FAILED_REGISTRATION)", string_of(answer[0], "because"));
        return {};
    }

    /// Where a version's files are here.
    struct Location {
        std::string folder;
        std::string logged_model;  ///< that they are of; empty: of a run
        bool lacks_files = false;
    };

    [[nodiscard]] std::optional<Location> location_of(const Json& version) const {
        const std::string source = string_of(version, "source");
        if (source.starts_with("models:/m-")) {
            const auto place = model_places_.find(source.substr(8));
            if (place != model_places_.end()) return Location{place->second.location, place->first, place->second.lacks_files};
        }
        for (const std::string& uri : {string_of(version, "storage"), source}) {
            if (uri.empty()) continue;
            const auto within = [&](const Place& place) -> std::optional<std::string> {
                const auto rest = path_below(uri, place.artifacts);
                return rest ? std::optional(place.location + *rest) : std::nullopt;
            };
            if (const auto run = run_places_.find(string_of(version, "run")); run != run_places_.end()) {
                if (auto found = within(run->second)) return Location{*std::move(found), "", run->second.lacks_files};
            }
            const std::size_t mark = uri.find("/models/m-");
            if (mark == std::string::npos) continue;
            const auto model = model_places_.find(uri.substr(mark + 8, 34));
            if (model == model_places_.end()) continue;
            if (auto found = within(model->second)) return Location{*std::move(found), model->first, model->second.lacks_files};
        }
        return std::nullopt;
    }

    Output& output_;
    Connection& server_;
    MlflowSource& source_;
    bool no_artifacts_;
    ImportReport& report_;
    Places run_places_, model_places_;
};

Result<std::unique_ptr<MlflowSource>> open_source(const MlflowImportOptions& options, ImportReport& report) {
    std::string text = options.source;
    if (text.starts_with("http://") || text.starts_with("https://")) return open_mlflow_server(text);
    for (const std::string_view scheme : {"sqlite:///", "file://"})
        if (text.starts_with(scheme)) text = text.substr(scheme.size());
    if (const std::size_t scheme = text.find("://"); scheme != std::string::npos) {
        const std::string kind = printable(text.substr(0, scheme), 60);  // the rest may hold a password
        return fail(Error(ErrorKind::invalid, "unknown-source", fmt::format("a source {}://… cannot be read", kind))
                        .with_because("what is read is a server (http, https), a database of SQLite, or a folder mlruns")
                        .with_fix(fmt::format("mlflow server --backend-store-uri {}://… --port 5000, then assay import mlflow "
                                              "http://127.0.0.1:5000",
                                              kind)));
    }
    std::error_code error;
    const std::string beside = (std::filesystem::absolute(text, error).parent_path() / "mlartifacts").string();
    const std::string artifacts = options.artifacts.empty() ? beside : options.artifacts;
    if (!std::filesystem::is_directory(text, error)) return open_mlflow_database(text, artifacts);
    return open_mlflow_folder(text, artifacts,
                              [&](std::string what, std::string because) { report.skip(std::move(what), std::move(because)); });
}

}  // namespace

Result<void> import_mlflow(Output& output, Connection& server, const MlflowImportOptions& options, ImportReport& report) {
    TRY_ASSIGN(const auto source, open_source(options, report));
    return MlflowImport(output, server, *source, options.no_artifacts, report).run();
}

}  // namespace assay
