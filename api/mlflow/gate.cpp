#include "api/mlflow/gate.hpp"

#include "api/client_package.hpp"
#include "api/mlflow/errors.hpp"
#include "api/mlflow/version_view.hpp"
#include "base/text.hpp"
#include "registry/check_logged.hpp"
#include "registry/registrations.hpp"
#include "registry/release.hpp"
#include "registry/version_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::mlflow {

namespace {

/// What the plug-in says of the environment. Absent: nothing.
Result<EnvironmentClaim> claim_of(const Context& context, const Request& request) {
    const auto header = request.headers.find("Assay-Environment");
    if (!header) {
        if (context.undeclared == Undeclared::allow) return NoEnvironment{};
        return fail(Error(ErrorKind::incompatible, "environment-unknown", "this server hands models to environments that it knows")
                        .with_because("the request does not say in which environment the model will be loaded")
                        .with_fix(fmt::format("pip install '{}' lets MLflow's client say so", client_requirement(request, "mlflow"))));
    }
    if (*header == "none") return NoEnvironment{};
    TRY_ASSIGN(const Digest digest, Digest::parse(*header));
    return digest;
}

/// The release of MLflow's client, "2.22.5"; empty for who does not say: other clients, curl.
std::string client_release(const Request& request) {
    constexpr std::string_view prefix = "mlflow-python-client/";
    const std::string agent = request.headers.find("User-Agent").value_or("");
    return agent.starts_with(prefix) ? agent.substr(prefix.size(), agent.find(' ') - prefix.size()) : "";
}

/// Clients before 3.9 download a skops file and then say that they do not know the format.
bool reads_skops(const std::string& client) {
    static const Release first = *Release::parse("3.9");
    const auto release = Release::parse(client);
    return !release || *release >= first;
}

std::unexpected<Error> cannot_read_skops(const std::string& name, const std::string& path, const std::string& client) {
    return fail(Error(ErrorKind::incompatible, "format-unknown-to-client",
                      fmt::format("{} is a skops file, which MLflow {} cannot read", name, client))
                    .with_because(fmt::format("'{}' needs a client of 3.9 or later", printable(path, 200)))
                    .with_fix("pip install 'mlflow>=3.9' skops, or log the model with serialization_format='cloudpickle'"));
}

Result<void> check_reads_skops(Context& context, const Request& request, const VersionRow& version) {
    const std::string client = client_release(request);
    if (reads_skops(client)) return {};
    TRY_ASSIGN(const auto files, files_of_version(context.registry, version));
    const auto skops = std::ranges::find_if(files, [](const FileRow& file) { return file.path.ends_with(".skops"); });
    if (skops == files.end()) return {};
    return cannot_read_skops(fmt::format("{}@{}", version.model, version.version), skops->path, client);
}

/// The verdict is counted; a refusal is the error.
Result<void> obey(Context& context, const Verdict& verdict) {
    context.metrics.count("assay_gate_decisions_total", "Verdicts of the gate.", {{"verdict", std::string(to_string(verdict.decision))}});
    if (verdict.decision == Verdict::Decision::refuse) return fail(to_error(verdict));
    return {};
}

/// A file that was logged and not registered.
Result<void> pass_unregistered(Context& context, const Request& request, const std::string& path) {
    const std::string client = client_release(request);
    if (path.ends_with(".skops") && !reads_skops(client)) return cannot_read_skops("'" + printable(path, 300) + "'", path, client);
    const auto claim = claim_of(context, request);
    TRY_ASSIGN(const auto verdict, check_logged(context.registry, path, claim ? *claim : EnvironmentClaim(UnknownEnvironment{})));
    if (!verdict) return {};  // some other file
    if (!claim) return fail(claim.error());
    return obey(context, *verdict);
}

/// What a registration refused as dangerous stays so when it is asked for as a file of its run.
Error dangerous_bytes(const RegistrationRow& row) {
    return Error(ErrorKind::unsafe, "dangerous-bytes",
                 fmt::format("these bytes are handed out to nobody: {} version {} failed on them", row.model, row.version))
        .with_because(printable(row.message.substr(0, row.message.find('\n')), 500))
        .with_fix("`assay inspect FILE` says more, offline; what MLmodel and requirements.txt say can still be read");
}

}  // namespace

Result<bool> is_description(Registry& registry, const std::string& path, const Digest& digest) {
    constexpr std::string_view names[] = {"MLmodel",         "requirements.txt",   "conda.yaml",
                                          "python_env.yaml", "input_example.json", "serving_input_example.json"};
    const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
    if (std::ranges::find(names, name) == std::end(names)) return false;
    return is_text(registry, path, digest);
}

Result<void> pass_gate(Context& context, const Request& request, const VersionRow& version) {
    TRY(check_reads_skops(context, request, version));
    TRY_ASSIGN(const EnvironmentClaim claim, claim_of(context, request));
    TRY_ASSIGN(const Checked checked, check_version(context.registry, version, claim, RecordFetch::unless_recent, actor_of(request)));
    return obey(context, checked.verdict);
}

Result<void> pass_gate(Context& context, const Request& request, const std::string& path) {
    TRY_ASSIGN(const auto digest, digest_of_logged(context.registry, path));
    if (!digest) return {};  // there is nothing to hand out
    TRY_ASSIGN(const bool description, is_description(context.registry, path, *digest));
    if (description) return {};
    TRY_ASSIGN(const auto tried, tried_from(context.registry, path));
    // Handed out when one of its versions may be: the bytes are the same.
    std::optional<Error> refused;
    for (const RegistrationRow& row : tried) {
        if (row.status == "dangerous" && !refused) refused = dangerous_bytes(row);
        if (row.status != "ready") continue;
        auto version = show_registered_version(context.registry, row.model, row.version);
        if (!version || !version->version) continue;
        auto passed = pass_gate(context, request, version->version->row);
        if (passed) return {};
        if (!refused) refused = std::move(passed).error();
    }
    if (refused) return fail(*std::move(refused));
    return pass_unregistered(context, request, path);
}

}  // namespace assay::mlflow
