#include "registry/push.hpp"

#include "artifact/media_type.hpp"
#include "artifact/pipeline/model_file.hpp"
#include "artifact/sample.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"
#include "registry/aliases.hpp"
#include "registry/blobs.hpp"
#include "registry/check_samples.hpp"
#include "registry/embedded_releases.hpp"
#include "registry/inspections.hpp"
#include "registry/manifest.hpp"
#include "registry/needs.hpp"
#include "registry/record_lineage.hpp"
#include "registry/replay.hpp"
#include "registry/search.hpp"
#include "registry/trust.hpp"
#include "storage/tables/blobs.hpp"
#include "storage/tables/experiments.hpp"
#include "storage/tables/history.hpp"
#include "storage/tables/idempotency.hpp"
#include "storage/tables/models.hpp"
#include "storage/tables/registrations.hpp"
#include "storage/tables/run_metrics.hpp"
#include "storage/tables/runs.hpp"
#include "storage/tables/tags.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace assay {

namespace {

/// What the bytes were found to be, and the state that a version of them has.
struct Judged {
    Safety verdict = Safety::data;
    VersionState state = VersionState::ready;
    std::optional<ServerReplay> replay;  ///< absent: it is not to be replayed
};

constexpr std::int64_t day_microseconds = 86'400'000'000;

std::string a_day_ago(const Registry& registry) { return Timestamp{registry.clock.now().microseconds - day_microseconds}.to_string(); }

void check_paths(const std::vector<ManifestFile>& files, Problems& problems) {
    for (std::size_t i = 1; i < files.size(); ++i) {
        const std::string& before = files[i - 1].path;
        const std::string& path = files[i].path;
        if (before == path) problems.push_back({"files", fmt::format("the path '{}' is given twice", printable(path, 200)), ""});
    }
    // A file where another path needs a folder. Sorted order does not put "a" next to "a/b" ("a-b" comes between).
    for (const ManifestFile& file : files) {
        for (std::size_t slash = file.path.find('/'); slash != std::string::npos; slash = file.path.find('/', slash + 1)) {
            const std::string_view folder = std::string_view(file.path).substr(0, slash);
            if (std::ranges::binary_search(files, folder, {}, [](const ManifestFile& other) { return std::string_view(other.path); })) {
                problems.push_back(
                    {"files", fmt::format("'{}' is a file and a folder of '{}' at once", printable(folder, 200), printable(file.path, 200)),
                     ""});
                return;
            }
        }
    }
}

/// A required fact is missing: a problem, or a note in `missing` where policy lets it pass. One that could not be read has
/// been reported as what it is.
void require(bool present, WhenMissing policy, std::string_view fact, std::string_view message, std::string_view fix, Facts& facts,
             std::vector<std::string>& warnings, Problems& problems) {
    if (present) return;
    const std::string field = fmt::format("facts.{}", fact);
    if (std::ranges::any_of(problems, [&](const FieldProblem& problem) { return problem.field.starts_with(field); })) return;
    if (policy == WhenMissing::refuse) {
        problems.push_back({field, std::string(message), std::string(fix)});
    } else {
        facts.missing.emplace_back(fact);
        warnings.push_back(fmt::format("{} {}", field, message));
    }
}

void check_facts(const Registry& registry, const PushRequest& request, Facts& facts, std::vector<std::string>& warnings,
                 Problems& problems) {
    Policy policy = registry.policy;
    if (request.missing_facts) policy.libraries = policy.datasets = policy.metrics = policy.trained_at = *request.missing_facts;
    // Only the push of an empty "uses" reaches this: a used package without a release is a problem of its own.
    require(
        !facts.libraries.empty() && !facts.uses.empty(), policy.libraries, "libraries",
        facts.libraries.empty() ? "is required and missing: without the releases it was made with, no load can be judged"
                                : "names no package that the files use (facts.uses is empty), so no load could be judged",
        R"(such as "libraries":{"python":"3.11.7","scikit-learn":"1.7.2"} and "uses":["scikit-learn"]; assay push takes them from --environment and --uses)",
        facts, warnings, problems);
    require(
        !facts.datasets.empty(), policy.datasets, "datasets", "is required and missing: say what it was trained on, by digest",
        R"(such as {"role":"training","name":"adult","digest":"sha256:…"}; assay push takes --dataset training=FILE, Python assay.push(training=frame))",
        facts, warnings, problems);
    require(
        !facts.metrics.empty(), policy.metrics, "metrics", "is required and missing: say how good it is on held-out data",
        R"(such as {"name":"accuracy","value":0.97,"dataset":"adult-test"}; assay push takes --metric accuracy=0.97@DATASET, Python assay.push(metrics={...}))",
        facts, warnings, problems);
    require(facts.trained_at.has_value(), policy.trained_at, "trained_at", "is required and missing: say when it was trained",
            R"(such as "2026-11-23T10:00:00Z"; assay push takes --trained-at)", facts, warnings, problems);

    if (facts.trained_at && facts.trained_at->microseconds > registry.clock.now().microseconds + day_microseconds) {
        problems.push_back(
            {"facts.trained_at", fmt::format("{} is in the future", facts.trained_at->to_string()), "is the clock of that machine right?"});
    }
    for (const MetricFact& metric : facts.metrics) {
        if (!metric.dataset) {
            facts.origin["metrics." + metric.name] = "assumed held-out";
            warnings.push_back(
                fmt::format("metric {} names no dataset: it is taken to be measured on held-out data", printable(metric.name, 100)));
            continue;
        }
        const auto dataset = std::ranges::find(facts.datasets, *metric.dataset, &DatasetFact::name);
        if (dataset != facts.datasets.end() && dataset->role == "training") {
            warnings.push_back(fmt::format("metric {} was measured on the training data '{}', not on held-out data",
                                           printable(metric.name, 100), printable(dataset->name, 100)));
        }
    }
}

/// The files as the manifest lists them, with their sizes from the store; blobs that are not here are problems.
Result<std::vector<ManifestFile>> find_blobs(SqlSession& sql, const std::vector<PushFile>& wanted, Problems& problems) {
    std::vector<ManifestFile> files;
    for (const PushFile& file : wanted) {
        TRY_ASSIGN(const auto blob, blobs::find(sql, file.digest));
        if (!blob || blob->state != BlobState::live) {
            problems.push_back({file.field + ".digest",
                                fmt::format("the blob {} of '{}' is {}", file.digest.to_string(), printable(file.path, 200),
                                            blob ? "damaged in the store" : "not in the store"),
                                fmt::format("PUT /v1/blobs/{} first", file.digest.to_string())});
        }
        files.push_back({file.path, file.digest, blob ? blob->info.size : 0,
                         file.media_type.empty() ? std::string(media_type_of_name(file.path)) : file.media_type});
    }
    std::ranges::stable_sort(files, {}, &ManifestFile::path);
    return files;
}

Result<void> find_parents(SqlSession& sql, Facts& facts, Problems& problems) {
    for (std::size_t i = 0; i < facts.parents.size(); ++i) {
        ParentFact& parent = facts.parents[i];
        TRY_ASSIGN(const auto row, versions::find(sql, parent.model, parent.version));
        if (!row) {
            problems.push_back(
                {fmt::format("facts.parents[{}].version", i), fmt::format("there is no version {}", printable(parent.name(), 300)), ""});
            continue;
        }
        parent.digest = row->digest;
    }
    return {};
}

Result<void> check_run(SqlSession& sql, const PushRun& run, Problems& problems) {
    const bool reported = std::ranges::any_of(problems, [](const FieldProblem& problem) { return problem.field == "run.id"; });
    if (run.id.empty() || reported) return {};
    TRY_ASSIGN(const auto row, runs::find(sql, run.id));
    if (!row) problems.push_back({"run.id", fmt::format("there is no run {}", run.id), "leave it out to make a new run"});
    return {};
}

Result<void> refuse_problems(const PushRequest& request, const Problems& problems, std::size_t missing_blobs) {
    if (problems.empty()) return {};
    const std::string message = request.model.empty() ? "this version was not registered"
                                                      : fmt::format("this version of {} was not registered", printable(request.model, 300));
    if (missing_blobs == problems.size()) return fail(Error(ErrorKind::conflict, "blob-missing", message).with_problems(problems));
    return fail(Error(ErrorKind::invalid, "push-refused", message).with_problems(problems));
}

/// The answer to an Idempotency-Key that was used within a day; absent for a new key.
Result<std::optional<Pushed>> replay(SqlSession& sql, const PushRequest& request, const std::string& since,
                                     const std::vector<std::string>& warnings) {
    if (request.idempotency_key.empty()) return std::nullopt;
    TRY_ASSIGN(const auto used, idempotency::find(sql, request.idempotency_key, since));
    if (!used) return std::nullopt;
    if (used->request != request.request_digest) {
        return fail(
            Error(ErrorKind::conflict, "idempotency-key-reused", "this Idempotency-Key was used for another request")
                .with_because(fmt::format("it registered {}@{} within the last 24 hours", printable(used->model, 300), used->version))
                .with_fix("send a fresh key with every new registration"));
    }
    TRY_ASSIGN(auto row, versions::find(sql, used->model, used->version));
    if (!row) return fail(ErrorKind::internal, "version-lost", "the version of a used Idempotency-Key is gone");
    TRY_ASSIGN(VersionView view, view_of(sql, *std::move(row)));
    return Pushed{std::move(view), true, warnings};
}

/// With if_changed, the newest version when it has the same content; with if_new, any that has.
Result<std::optional<Pushed>> find_unchanged(SqlSession& sql, const PushRequest& request, const Manifest& manifest) {
    if (!request.if_changed && !request.if_new) return std::nullopt;
    TRY_ASSIGN(const Digest content, content_digest(manifest));
    TRY_ASSIGN(auto same, request.if_new ? versions::find_by_content(sql, manifest.model, content.to_string())
                                         : versions::find_latest(sql, manifest.model));
    if (!same || same->content_digest != content.to_string()) return std::nullopt;
    TRY_ASSIGN(const Manifest held, read_manifest(same->manifest));
    TRY_ASSIGN(VersionView view, view_of(sql, *std::move(same)));
    Pushed pushed{std::move(view), false, {"nothing changed since this version: no new one was made"}};
    if (request.if_new && manifest.facts.trained_at && held.facts.trained_at != manifest.facts.trained_at) {
        const std::string says = held.facts.trained_at ? "trained at " + held.facts.trained_at->to_string() : "without a date of training";
        pushed.warnings = {fmt::format(
            "the same files and facts were registered {}, not {}: a version never changes, and another date alone makes no new one; "
            "delete this one (`assay rm`) and import again to have the other date",
            says, manifest.facts.trained_at->to_string())};
    }
    if (!request.aliases.empty() || !request.tags.empty() || !request.description.empty()) {
        pushed.warnings.emplace_back(
            "its aliases, tags and description were left as they are: those of the request belong to a new version");
    }
    return pushed;
}

Result<void> record_run(SqlWrite& sql, const PushRequest& request, const Manifest& manifest, std::int64_t now) {
    const std::string& run = manifest.facts.run;
    if (request.run.id.empty()) {
        TRY_ASSIGN(const std::int64_t experiment, experiments::ensure(sql, request.run.experiment, now));
        const std::int64_t started = manifest.facts.trained_at ? milliseconds_of(*manifest.facts.trained_at) : now;
        const std::string name = request.run.name.empty() ? fmt::format("{}@{}", manifest.model, manifest.version) : request.run.name;
        TRY(runs::insert(sql, {run, experiment, name, "finished", LifeState::active, started, now, request.actor}));
    }
    for (RunMetricRow metric : request.run.metrics) {
        if (metric.at == 0) metric.at = now;
        TRY(run_metrics::add(sql, run, metric));
    }
    for (const auto& [name, value] : request.run.params) TRY(runs::add_param(sql, run, {name, value}));
    return {};
}

/// Everything a registration writes; the manifest's file is named last, so that a failure before leaves no trace.
Result<VersionView> record(Registry& registry, SqlWrite& sql, const PushRequest& request, const Manifest& manifest,
                           const std::string& bytes, const Judged& judged, PreparedManifest& file) {
    const std::string now = manifest.created_at;
    for (const ManifestFile& held : manifest.files) {
        TRY_ASSIGN(const auto blob, blobs::find(sql, held.digest));
        if (!blob || blob->state != BlobState::live)
            return fail(ErrorKind::conflict, "blob-missing", fmt::format("the blob {} is gone", held.digest.to_string()));
    }
    TRY(models::ensure(sql, manifest.model, now));
    TRY(record_run(sql, request, manifest, registry.now_milliseconds()));

    TRY_ASSIGN(const Digest content, content_digest(manifest));
    VersionRow row{manifest.model,     manifest.version, sha256(bytes).to_string(), bytes, content.to_string(),
                   manifest.facts.run, judged.state,     request.description,       now};
    TRY(versions::insert(sql, row, file_rows(manifest)));
    TRY(models::raise_next_version(sql, manifest.model, manifest.version + 1));
    TRY(history::append(sql, {0, now, manifest.model, manifest.version, "registered", "", std::nullopt, row.digest, request.actor}));
    for (const auto& [key, value] : request.tags) TRY(tags::set(sql, manifest.model, manifest.version, {key, value}));
    if (judged.state != VersionState::ready) {
        const bool by_replay = state_for(registry, judged.verdict, false, false) == VersionState::ready;
        TRY(history::append(sql, {0, now, manifest.model, manifest.version, "quarantined", "", std::nullopt,
                                  by_replay ? "replay: different" : std::string(to_string(judged.verdict)), request.actor}));
    }
    for (const std::string& alias : request.aliases) TRY(set_alias(sql, manifest.model, alias, manifest.version, {}, request.actor, now));
    TRY(record_lineage(sql, manifest, now));
    TRY(record_searchable(sql, manifest));
    if (judged.state == VersionState::ready) TRY(record_needs(sql, manifest));
    if (judged.replay) {
        TRY_ASSIGN(const RecordedProof proof, record_replay(registry, sql, row, *judged.replay));
        (void)proof;
    }
    if (!request.idempotency_key.empty()) {
        TRY(idempotency::insert(sql, request.idempotency_key, {request.request_digest, manifest.model, manifest.version}, now,
                                a_day_ago(registry)));
    }
    if (request.registration) {
        RegistrationRow registration = *request.registration;
        registration.version = manifest.version;
        TRY(registrations::insert(sql, registration));
    }
    TRY(models::set_updated(sql, manifest.model, registry.now_milliseconds()));
    TRY_ASSIGN(VersionView view, view_of(sql, std::move(row)));
    TRY(registry.manifests.publish(file, manifest.model, manifest.version));
    sql.before_commit("manifests/" + manifest.model, [&registry, model = manifest.model] { return registry.manifests.sync_model(model); });
    return view;
}

struct CheckedPush {
    Manifest manifest;
    Judged judged;
    std::int64_t next_version = 1;
    std::vector<PushFile> wanted;
    std::optional<Pushed> answer;  ///< there is nothing to register
};

/// A model that may be re-created, and a sample, or a format that carries rows with answers of its own.
bool may_have_sample(const Manifest& manifest, const VersionInspection& inspection) {
    const auto is_model = [&](const ManifestFile& file) {
        if (!is_model_file(file.path, file.media_type)) return false;
        // The archive of a C++ program only that program can read.
        const auto inspected = std::ranges::find(inspection.files, file.path, &FileInspection::path);
        return !file.path.ends_with(".assay") || inspected == inspection.files.end() ||
               inspected->inspection.value("format", "") == "pipeline";
    };
    if (std::ranges::none_of(manifest.files, is_model)) return false;
    return std::ranges::any_of(manifest.files,
                               [](const ManifestFile& file) {
                                   return file.media_type == sample_media_type || file.media_type == "application/vnd.pmml+xml";
                               }) ||
           std::ranges::any_of(inspection.files, [](const FileInspection& file) {
               const auto tree = file.inspection.find("tree");
               return tree != file.inspection.end() && tree->is_object() &&
                      tree->value("class", "") == "sklearn2pmml.pipeline.PMMLPipeline";
           });
}

/// Lets the model answer its sample. One that predicts otherwise than it did is refused, or kept aside where policy says so.
Result<void> replay_sample(Registry& registry, CheckedPush& checked, std::vector<std::string>& warnings) {
    Manifest& manifest = checked.manifest;
    TRY_ASSIGN(ServerReplay replay, replay_files(registry, manifest.files));
    if (replay.differs()) {
        const std::string name = printable(manifest.model, 300);
        if (registry.policy.different == WhenDifferent::refuse)
            return fail(
                replay_error(fmt::format("this version of {} was not registered: it does not predict what its sample says", name), replay));
        const Error found = replay_error("it does not predict what its sample says", replay);
        checked.judged.state = state_for(registry, checked.judged.verdict, true, false);
        warnings.push_back(fmt::format("{}: {}{}", found.message, found.because,
                                       checked.judged.state == VersionState::ready ? "" : "; it is kept in quarantine and not handed out"));
    }
    if (replay.outcome == "not-replayable" && replay.sample)
        warnings.push_back("the server cannot prove that it predicts what its sample says: " + replay.because);
    checked.judged.replay = std::move(replay);
    return {};
}

/// Reads what the files are, once their blobs are all here: an unsafe one is refused or kept aside, releases are compared with those that
/// the bytes give away.
Result<void> check_bytes(Registry& registry, Claims claims, CheckedPush& checked, Problems& problems, std::vector<std::string>& warnings) {
    Manifest& manifest = checked.manifest;
    std::vector<FileToInspect> files;
    for (const ManifestFile& file : manifest.files) files.push_back({file.path, file.digest});
    auto inspected = inspect_files(registry, manifest.model, files);
    if (!inspected && inspected.error().code == "blob-corrupt") {
        for (const FileToInspect& file : files) TRY(mark_if_corrupt(registry, file.digest));
        return registry.database.read([&](SqlSession& sql) -> Result<void> {
            TRY_ASSIGN(manifest.files, find_blobs(sql, checked.wanted, problems));
            return {};
        });
    }
    if (!inspected) return fail(std::move(inspected).error());
    const VersionInspection& inspection = *inspected;
    if (inspection.verdict > Safety::needs_trust && !registry.policy.quarantine_dangerous) {
        Error error = unsafe_artifact(
            fmt::format("this version of {} was not registered: {}", printable(manifest.model, 300),
                        inspection.verdict == Safety::malformed ? "a file of it breaks the rules of its format" : "it is dangerous"),
            inspection);
        std::ranges::copy(problems, std::back_inserter(error.problems));
        return fail(std::move(error));
    }
    compare_releases(inspection, claims, manifest.facts, warnings, problems);
    checked.judged = {inspection.verdict, state_for(registry, inspection.verdict, false, false), std::nullopt};
    // Without rows and answers there is nothing to prove, and what is dangerous is not decoded either.
    if (problems.empty() && inspection.verdict <= Safety::needs_trust && may_have_sample(manifest, inspection))
        TRY(replay_sample(registry, checked, warnings));
    if (checked.judged.state == VersionState::ready) return {};
    if (checked.judged.replay && checked.judged.replay->differs() && inspection.verdict <= Safety::model) return {};
    const bool dangerous = inspection.verdict > Safety::needs_trust;
    warnings.push_back(
        dangerous
            ? fmt::format("it is {}: it is kept in quarantine and never handed out", to_string(inspection.verdict))
            : std::string(
                  "it waits: loading it would run code that nobody has judged; `assay inspect` shows which, `assay trust NAME@VERSION "
                  "--reason WHY` lets it be handed out"));
    return {};
}

Result<CheckedPush> check(Registry& registry, const PushRequest& request, Problems& problems, std::vector<std::string>& warnings) {
    CheckedPush checked;
    Manifest& manifest = checked.manifest;
    manifest.model = request.model;
    manifest.facts = request.facts;
    checked.wanted = request.files;
    std::size_t missing_blobs = 0;
    TRY(check_samples(registry, request.files, problems));
    TRY(registry.database.read([&](SqlSession& sql) -> Result<void> {
        TRY_ASSIGN(checked.answer, replay(sql, request, a_day_ago(registry), warnings));
        const std::size_t before = problems.size();
        TRY_ASSIGN(manifest.files, find_blobs(sql, request.files, problems));
        missing_blobs = problems.size() - before;
        check_paths(manifest.files, problems);
        TRY(find_parents(sql, manifest.facts, problems));
        return check_run(sql, request.run, problems);
    }));
    if (missing_blobs == 0) {
        const std::size_t before = problems.size();
        const auto read = check_bytes(registry, request.claims, checked, problems, warnings);
        // A registration that is repeated was judged then: only its warnings are wanted again.
        if (!read && !checked.answer) return fail(read.error());
        missing_blobs =
            static_cast<std::size_t>(std::ranges::count_if(problems.begin() + static_cast<std::ptrdiff_t>(before), problems.end(),
                                                           [](const FieldProblem& problem) { return problem.field.ends_with(".digest"); }));
    }
    check_facts(registry, request, manifest.facts, warnings, problems);
    // Facts that a run or the bytes have given must be readable again, too.
    if (problems.empty()) (void)read_facts(to_json(manifest.facts), "facts", true, problems);
    if (checked.answer) {
        checked.answer->warnings = warnings;
        return checked;
    }
    TRY(refuse_problems(request, problems, missing_blobs));
    TRY(registry.database.read([&](SqlSession& sql) -> Result<void> {
        TRY_ASSIGN(checked.answer, find_unchanged(sql, request, manifest));
        TRY_ASSIGN(const auto model, models::find(sql, request.model));
        if (model) checked.next_version = model->next_version;
        return {};
    }));
    manifest.facts.run = request.run.id.empty() ? random_hex(16) : request.run.id;
    return checked;
}

/// One attempt under the number that the manifest has.
Result<Pushed> attempt(Registry& registry, const PushRequest& request, Manifest& manifest, const Judged& judged,
                       const std::vector<std::string>& warnings) {
    manifest.created_at = registry.now();
    TRY_ASSIGN(const std::string bytes, canonical_bytes(manifest));
    TRY_ASSIGN(PreparedManifest file, registry.manifests.prepare(bytes));
    return registry.database.write([&](SqlWrite& sql) -> Result<Pushed> {
        // The same request may have been on its way at the same time: only inside the write is the answer final.
        TRY_ASSIGN(auto repeated, replay(sql, request, a_day_ago(registry), warnings));
        if (repeated) return *std::move(repeated);
        TRY_ASSIGN(auto unchanged, find_unchanged(sql, request, manifest));
        if (unchanged) return *std::move(unchanged);
        TRY_ASSIGN(VersionView view, record(registry, sql, request, manifest, bytes, judged, file));
        return Pushed{std::move(view), true, warnings};
    });
}

}  // namespace

Result<Pushed> push(Registry& registry, const PushRequest& request, Problems problems) {
    std::vector<std::string> warnings;
    TRY_ASSIGN(CheckedPush checked, check(registry, request, problems, warnings));
    if (checked.answer) return *std::move(checked.answer);
    Manifest& manifest = checked.manifest;

    if (checked.judged.state != VersionState::ready && !request.aliases.empty()) {
        return fail(
            Error(ErrorKind::unsafe, "version-waits", fmt::format("this version of {} was not registered", printable(request.model, 300)))
                .with_because(
                    "an alias hands a version out at once, and this one has to wait: loading it would run code that nobody has judged")
                .with_fix("push it without --alias, look at it with assay inspect, then assay trust NAME@VERSION --reason WHY and assay "
                          "alias set"));
    }
    TRY(registry.manifests.open_model(manifest.model));
    for (std::int64_t at_least = std::max(checked.next_version, request.version.value_or(1));;) {
        manifest.version = registry.numbers.reserve(manifest.model, at_least);
        if (request.version && manifest.version != *request.version) {
            registry.numbers.give_back(manifest.model, manifest.version);
            return fail(ErrorKind::conflict, "number-taken",
                        fmt::format("{} is to get the number {}, and its next one here is {}", printable(manifest.model, 300),
                                    *request.version, manifest.version));
        }
        // A manifest of a registration that was cut off before its commit, or a tombstone without its manifest, holds
        // its number: never overwritten, never reissued.
        TRY_ASSIGN(at_least, registry.manifests.next_free(manifest.model, manifest.version));
        if (at_least != manifest.version) continue;
        auto pushed = attempt(registry, request, manifest, checked.judged, warnings);
        if (pushed && pushed->version.row.version == manifest.version) return pushed;
        if (!pushed && pushed.error().code == "file-exists") continue;
        registry.numbers.give_back(manifest.model, manifest.version);
        return pushed;
    }
}

}  // namespace assay
