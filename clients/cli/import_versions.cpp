#include "clients/cli/import_versions.hpp"

#include "base/text.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace assay {

Result<void> register_past(Output& output, Connection& server, const Config& config, const PastVersion& version, ImportReport& report) {
    TRY_ASSIGN(const std::vector<HashedFile> files, hash_all(output, version.files));
    std::vector<Digest> digests;
    for (const HashedFile& file : files) digests.push_back(file.local.digest);
    TRY_ASSIGN(const auto missing, server.missing_blobs(digests));
    TRY(upload_missing(output, server, files, config));
    for (const HashedFile& file : files)
        if (missing.contains(file.local.digest)) report.sent(file.local.size);
    Json item = {{"model", version.model}, {"files", files_of_registration(files)}, {"facts", version.facts}};
    if (!version.tags.empty()) item["tags"] = version.tags;
    if (!version.description.empty()) item["description"] = version.description;
    TRY_ASSIGN(const Json answer, server.ask("/v1/import", Json{{"registrations", {std::move(item)}}}));
    const Json& answers = list_of(answer, "registrations");
    if (answers.size() != 1)
        return fail(ErrorKind::internal, "unexpected-answer", "the server's answer does not say what came of the version");
    const Json& came = answers[0];
    if (came.contains("refused")) {
        report.skip(version.what, string_of(came, "because"));
        return {};
    }
    const std::string name = fmt::format("{}@{}", version.model, integer_of(came, "version").value_or(0));
    for (const std::string& warning : strings_of(list_of(came, "warnings"))) output.warn(fmt::format("{}: {}", name, warning));
    if (member(came, "added") == true) {
        report.add("versions");
        output.note(fmt::format("{}  {}", name, version.what));
    } else {
        report.found("versions");
    }
    return {};
}

Result<void> register_or_tell(Output& output, Connection& server, const Config& config, const PastVersion& version, ImportReport& report) {
    auto done = register_past(output, server, config, version, report);
    if (done) return done;
    const ErrorKind kind = done.error().kind;
    const bool is_of_all =
        server.refused_by_server() || kind == ErrorKind::network || kind == ErrorKind::unavailable || kind == ErrorKind::no_space;
    if (is_of_all) return done;
    report.skip(version.what, done.error().message);
    return {};
}

bool is_model_name(const std::string& path) {
    constexpr std::array<std::string_view, 12> endings = {".joblib", ".pkl", ".pickle", ".skops", ".onnx",        ".pmml",
                                                          ".ubj",    ".cbm", ".p",      ".sav",   ".safetensors", ".cloudpickle"};
    std::string extension = to_lower_ascii(std::filesystem::path(path).extension().string());
    if (extension == ".gz" || extension == ".z" || extension == ".xz" || extension == ".bz2" || extension == ".lz4")
        extension = to_lower_ascii(std::filesystem::path(path).stem().extension().string());
    return std::ranges::find(endings, std::string_view(extension)) != endings.end();
}

std::string model_name_of(const std::string& path) {
    constexpr std::array<std::string_view, 7> everybodys = {"model", "models", "clf", "classifier", "estimator", "pipeline", "pipe"};
    const std::filesystem::path file(path);
    std::filesystem::path stem = file.stem();
    if (is_model_name(stem.string())) stem = stem.stem();  // "churn.joblib.gz"
    std::string name = stem.string();
    if (std::ranges::find(everybodys, std::string_view(to_lower_ascii(name))) != everybodys.end()) {
        const std::string folder = std::filesystem::absolute(file).lexically_normal().parent_path().filename().string();
        if (!folder.empty()) name = folder;
    }
    std::ranges::replace(name, '@', '-');
    return name;
}

}  // namespace assay
