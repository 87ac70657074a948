#include "base/text.hpp"
#include "clients/cli/arguments.hpp"
#include "clients/cli/command.hpp"
#include "clients/cli/reference_path.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <array>
#include <map>

namespace assay {

namespace {

constexpr std::array<std::string_view, 6> outcomes = {"equal", "close", "different", "load-error", "predict-error", "not-replayable"};

/// "python 3.11.7, numpy 2.3.1, scikit-learn 1.7.2": what of the environment counts.
std::string environment_in_words(const Json& proof) {
    if (text_of(proof, "prover") == "server") return "the server, without Python";
    const Json& considered = member(proof, "considered");
    std::vector<std::string> parts;
    if (const std::string python = text_of(considered, "python"); !python.empty()) parts.push_back("python " + python);
    const Json& packages = member(considered, "packages");
    for (auto it = packages.begin(); it != packages.end(); ++it)
        parts.push_back(printable(it.key(), 128) + " " + (it->is_null() ? "missing" : plain(*it)));
    return parts.empty() ? text_of(considered, "implementation") : join(parts, ", ");
}

struct ProofLine {
    std::map<std::string, std::int64_t> counts;
    std::string last;
    std::string by;
    std::string worst;  ///< what was found when something failed
};

/// Environments that are the same as far as they count, one line each, the newest first.
std::string matrix(const Output& output, const Json& proofs) {
    std::vector<std::string> order;
    std::map<std::string, ProofLine> lines;
    for (const Json& proof : proofs) {
        const std::string environment = environment_in_words(proof);
        const auto [at, created] = lines.try_emplace(environment);
        ProofLine& line = at->second;
        if (created) {
            order.push_back(environment);
            line.last = time_of(proof, "last_at");
            line.by = text_of(proof, "by");
        }
        line.counts[text_of(proof, "outcome")] += integer_of(proof, "count").value_or(0);
        const std::int64_t differing = integer_of(proof, "differing").value_or(0);
        if (line.worst.empty() && differing > 0)
            line.worst = fmt::format("{} of {} rows differ{}", differing, plain(member(proof, "rows")),
                                     member(proof, "max_abs").is_null() ? "" : ", by at most " + plain(member(proof, "max_abs")));
        if (line.worst.empty()) line.worst = text_of(proof, "message");
        if (line.worst.empty() && text_of(proof, "outcome") == "close")
            line.worst = fmt::format("off by at most {} ({} ulp)", plain(member(proof, "max_abs")), plain(member(proof, "max_ulp")));
    }
    Table table({"ENVIRONMENT", "EQUAL", "CLOSE", "DIFFERENT", "LOAD ERROR", "PREDICT ERROR", "NOT REPLAYABLE", "LAST", "BY", "FOUND"});
    for (const std::string& environment : order) {
        const ProofLine& line = lines.at(environment);
        std::vector<std::string> cells = {environment};
        for (const std::string_view outcome : outcomes) {
            const auto count = line.counts.find(std::string(outcome));
            cells.push_back(count == line.counts.end() ? "-" : std::to_string(count->second));
        }
        cells.insert(cells.end(), {line.last, line.by, line.worst});
        table.add(std::move(cells));
    }
    return table.text(output);
}

Result<ExitCode> proofs(CommandContext& context, const std::string& text) {
    Output& output = context.output();
    TRY_ASSIGN(const Reference reference, Reference::parse(text));
    TRY_ASSIGN(Connection* const server, context.server());
    TRY_ASSIGN(const Json found, server->get(path_of(reference) + "/proofs?limit=1000"));
    if (output.json()) {
        output.write_json({{"items", list_of(found, "items")}});
        return ExitCode::ok;
    }
    if (list_of(found, "items").empty())
        output.note(reference.to_string() +
                    " has no proofs yet: assay.load(…) in Python makes one, assay fetch --try, and Client::report in C++");
    else
        output.write(matrix(output, list_of(found, "items")));
    return ExitCode::ok;
}

}  // namespace

Command proofs_command() {
    return {"proofs", "In which environments a version was smoke-tested, and what came of it", [](Arguments& arguments) -> Run {
                auto reference = std::make_shared<std::string>();
                arguments.positional("REF", *reference, "Version").required();
                return [reference](CommandContext& context) -> Result<ExitCode> {
                    auto code = proofs(context, *reference);
                    if (!code) return fail(std::move(code).error().with_context("listing the proofs of " + printable(*reference, 300)));
                    return code;
                };
            }};
}

}  // namespace assay
