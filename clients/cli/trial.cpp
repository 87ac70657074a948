#include "clients/cli/trial.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "clients/cli/process.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace assay {

namespace {

namespace fs = std::filesystem;

/// A folder that is gone at the end, with what is still in it.
class Stage {
public:
    explicit Stage(fs::path path) : path_(std::move(path)) {}
    ~Stage() {
        std::error_code ignored;  // leftovers of a trial are hidden and harmless
        fs::remove_all(path_, ignored);
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

struct Parts {
    std::string artifact;  ///< paths inside the version
    std::string sample;
    std::string sample_digest;
};

/// The one file that joblib loads, and the sample.
Result<Parts> parts_of(const RemoteVersion& version) {
    Parts parts;
    int artifacts = 0;
    for (const Json& file : list_of(version.manifest, "files")) {
        const std::string path = text_of(file, "path");
        const std::string type = text_of(file, "media_type");
        if (type == "application/vnd.assay.sample+json" && parts.sample.empty()) {
            parts.sample = path;
            parts.sample_digest = text_of(file, "digest");
        }
        const bool loads = std::ranges::any_of(std::initializer_list<std::string_view>{".joblib", ".pkl", ".pickle"},
                                               [&](std::string_view suffix) { return path.ends_with(suffix); });
        if (!loads && type != "application/vnd.joblib") continue;
        ++artifacts;
        parts.artifact = path;
    }
    const auto refuse = [&](std::string code, std::string because) {
        return fail(Error(ErrorKind::incompatible, std::move(code), printable(version.name(), 300) + " cannot be tried")
                        .with_because(std::move(because))
                        .with_fix("load it where it was trained: assay env show " + printable(version.name(), 300)));
    };
    if (parts.sample.empty()) return refuse("no-sample", "it has no sample, so nothing can tell whether it works here");
    if (artifacts != 1) return refuse("no-artifact", artifacts == 0 ? "it holds nothing that joblib loads" : "it holds several models");
    return parts;
}

/// What the child found, as a proof without its environment.
Result<Json> replay(CommandContext& context, const fs::path& stage, const Parts& parts) {
    const std::string python = default_python(context.variables());
    const auto printed = run_program(
        {python, "-m", "assay", "smoke-test", (stage / parts.artifact).string(), (stage / parts.sample).string(), "--json"}, "");
    if (!printed) {
        // A child that dies proves nothing: it may have been killed.
        if (printed.error().code != "program-failed") return fail(printed.error());
        return fail(
            Error(ErrorKind::incompatible, "trial-failed", "the smoke test did not come to an end").with_because(printed.error().message));
    }
    TRY_ASSIGN(const Json answer, parse_json(*printed));
    if (!member(answer, "proof").is_object())
        return fail(Error(ErrorKind::internal, "bad-answer", "the smoke test gave no proof")
                        .with_fix("install the client that the server has in " + python + ": its first page says how"));
    return member(answer, "proof");
}

Result<void> must_be_good(const RemoteVersion& version, const Json& proof) {
    const std::string outcome = text_of(proof, "outcome");
    if (outcome == "equal" || outcome == "close") return {};
    const std::string name = printable(version.name(), 300);
    const std::string fix = "load it where it was trained: assay env show " + name;
    if (outcome == "different") {
        return fail(Error(ErrorKind::prediction_differs, "prediction-differs",
                          fmt::format("{} predicts otherwise here than when it was pushed: in {} of {} rows", name,
                                      plain(member(proof, "differing")), plain(member(proof, "rows"))))
                        .with_because(text_of(proof, "message"))
                        .with_fix(fix));
    }
    return fail(Error(ErrorKind::incompatible, outcome.empty() ? "load-error" : outcome, name + " does not work here")
                    .with_because(text_of(proof, "message"))
                    .with_fix(fix));
}

/// Where nothing is in the way; download() judges the rest.
Result<void> move_into_place(const RemoteVersion& version, const fs::path& stage, const fs::path& folder) {
    for (const RemoteFile& file : version.files) {
        const fs::path target = folder / file.path;
        std::error_code error;
        if (fs::exists(fs::symlink_status(target, error))) continue;
        TRY(make_folders(target.parent_path().string()));
        fs::rename(stage / file.path, target, error);
        if (error) return fail(posix_error(printable(target.string(), 1000), error.value()));
    }
    return {};
}

}  // namespace

bool is_on_trial(const Json& verdict) { return text_of(member(verdict, "settled"), "kind") == "trial"; }

Result<void> try_version(CommandContext& context, const RemoteVersion& version, const LocalEnvironment& environment,
                         const std::string& folder) {
    TRY_ASSIGN(const Parts parts, parts_of(version));
    if (!environment.release_of("assay")) {
        return fail(Error(ErrorKind::not_found, "no-python-package", "the smoke test needs the Python package assay in this environment")
                        .with_because(default_python(context.variables()) + " does not have it")
                        .with_fix("install it there: the first page of the server says how"));
    }
    Output& output = context.output();
    TRY_ASSIGN(Connection* const server, context.server());
    server->send_always("Assay-Try", "true");
    TRY(make_folders(folder));
    const Stage stage(fs::path(folder) / (".assay-trial-" + random_hex(8)));
    const std::optional<LocalEnvironment> here = environment;
    TRY_ASSIGN(const auto files, download(context, version, here, stage.path().string(), false));
    output.note(fmt::format("trying {}: its sample is replayed in a process of its own", printable(version.name(), 300)));
    TRY_ASSIGN(Json proof, replay(context, stage.path(), parts));
    const Result<void> good = must_be_good(version, proof);
    proof["environment"] = environment.digest.to_string();
    if (text_of(proof, "outcome") != "load-error") proof["sample"] = parts.sample_digest;
    const auto kept = server->create(Connection::path_of(version.model, version.number) + "/proofs", proof);
    if (!kept) output.warn("the outcome of the smoke test was not kept: " + kept.error().message);
    if (!good) return good;
    output.note(fmt::format("{} predicts as it did: {}", printable(version.name(), 300), text_of(proof, "outcome")));
    return move_into_place(version, stage.path(), folder);
}

}  // namespace assay
