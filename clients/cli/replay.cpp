#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>

namespace assay {

namespace {

struct ReplayOptions {
    std::string reference;
    bool all = false;
    bool changed_only = false;
};

/// "equal, 100 rows of predict, predict_proba"
std::string in_words(const Json& proof) {
    const std::string outcome = text_of(proof, "outcome");
    if (outcome == "not-replayable") return "not replayable: " + text_of(proof, "message");
    const std::string rows = counted(static_cast<std::size_t>(integer_of(proof, "rows").value_or(0)), "row");
    const std::string of = fmt::format("{} of {}", rows, join(strings_of(list_of(proof, "methods")), ", "));
    if (outcome == "equal") return "equal bit for bit, " + of;
    const std::string distance =
        member(proof, "max_abs").is_null()
            ? ""
            : fmt::format(", by at most {} ({} ulp)", plain(member(proof, "max_abs")), plain(member(proof, "max_ulp")));
    if (outcome == "close") return fmt::format("equal within rounding, {}{}", of, distance);
    std::vector<std::string> first;
    for (const Json& row : list_of(proof, "first_rows")) {
        if (first.size() < 5) first.push_back(plain(row));
    }
    const std::int64_t differing = integer_of(proof, "differing").value_or(0);
    const std::string which =
        fmt::format("{} {}{}", first.size() == 1 ? "row" : "rows", join(first, ", "), differing > std::ssize(first) ? ", …" : "");
    const std::string why = text_of(proof, "message").empty() ? "" : ": " + text_of(proof, "message");
    return fmt::format("different in {} of {}{} ({}){}", differing, of, distance, which, why);
}

struct Tally {
    std::map<std::string, std::int64_t> outcomes;
    std::int64_t skipped = 0;
    std::optional<ErrorKind> failed;  ///< why the first failed
    Json results = Json::array();
};

Result<void> replay_one(Output& output, Connection& server, const std::string& path, const ReplayOptions& options, Tally& tally) {
    TRY_ASSIGN(const Json answer, server.create(path + ":replay", options.changed_only ? Json{{"changed_only", true}} : Json::object()));
    tally.results.push_back(answer);
    const Json& proof = member(answer, "proof");
    if (!proof.is_object()) {
        ++tally.skipped;
        return {};
    }
    ++tally.outcomes[text_of(proof, "outcome")];
    if (output.json()) return {};
    const std::string state = text_of(answer, "state");
    const std::string moved = state == text_of(answer, "before") ? ""
                              : state == "ready"                 ? "; it is handed out again"
                                                                 : "; it is put aside: nobody is handed it";
    output.write_line(fmt::format("{}: {}{}", text_of(answer, "version"), in_words(proof), moved));
    return {};
}

Result<ExitCode> run(CommandContext& context, const ReplayOptions& options) {
    if (options.all != options.reference.empty()) {
        return fail(Error(ErrorKind::invalid, "usage", options.all ? "--all goes with no version" : "what is to be replayed?")
                        .with_fix("assay replay NAME@VERSION, or assay replay --all"));
    }
    Output& output = context.output();
    TRY_ASSIGN(Connection* const server, context.server());
    Tally tally;
    if (options.all) {
        // One request each, so that it can be broken off and begun again.
        TRY_ASSIGN(const Json versions, server->get_all("/v1/search?filter=state%20!%3D%20%27deleted%27&order_by=name,version"));
        for (const Json& version : versions) {
            const std::string model = text_of(version, "model");
            const std::int64_t number = integer_of(version, "version").value_or(0);
            const auto done = replay_one(output, *server, Connection::path_of(model, number), options, tally);
            if (!done && (done.error().kind == ErrorKind::network || done.error().kind == ErrorKind::unavailable))
                return fail(done.error());
            if (done) continue;
            // The others are asked all the same.
            ++tally.outcomes["failed"];
            if (!tally.failed) tally.failed = done.error().kind;
            output.warn(fmt::format("{}@{} was not replayed: {}", printable(model, 300), number, done.error().message));
        }
    } else {
        TRY_ASSIGN(const Reference reference, Reference::parse(options.reference));
        TRY(replay_one(output, *server, path_of(reference), options, tally));
    }
    if (output.json()) {
        output.write_json({{"results", tally.results}, {"outcomes", tally.outcomes}, {"skipped", tally.skipped}});
    } else if (options.all) {
        std::vector<std::string> parts;
        for (const auto& [outcome, count] : tally.outcomes) parts.push_back(fmt::format("{} {}", count, outcome));
        if (tally.skipped != 0) parts.push_back(fmt::format("{} skipped", tally.skipped));
        output.write_line(fmt::format("{} replayed{}{}", counted(tally.results.size() - static_cast<std::size_t>(tally.skipped), "version"),
                                      parts.empty() ? "" : ": ", join(parts, ", ")));
    }
    if (tally.outcomes.contains("different")) return ExitCode::prediction_differs;
    return tally.failed ? exit_code_of(*tally.failed) : ExitCode::ok;
}

}  // namespace

Command replay_command() {
    return {"replay", "Does a version still predict what it did? The server asks it, without Python (exit 9: no)",
            [](Arguments& arguments) -> Run {
                auto options = std::make_shared<ReplayOptions>();
                arguments.positional("REF", options->reference, "Version");
                arguments.flag("--all", options->all, "Every registered version");
                arguments.flag("--changed-only", options->changed_only, "Skip what this release of the server has replayed");
                return [options](CommandContext& context) -> Result<ExitCode> {
                    auto code = run(context, *options);
                    if (code || (!options->all && options->reference.empty())) return code;
                    const std::string what = options->all ? "every version" : printable(options->reference, 300);
                    return fail(std::move(code).error().with_context("replaying " + what));
                };
            }};
}

}  // namespace assay
