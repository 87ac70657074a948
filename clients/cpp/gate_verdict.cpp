#include "clients/cpp/gate_verdict.hpp"

#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

/// "churn@3 was trained with scikit-learn 1.2.2 and cannot be loaded with 1.5.2"
std::string in_words(std::string_view version, const Json& conflict) {
    const std::string package = text_of(conflict, "package");
    const std::string recorded = text_of(conflict, "recorded");
    const std::string offered = text_of(conflict, "offered");
    const std::string effect = text_of(conflict, "effect");
    if (package == "environment") return fmt::format("{} cannot be judged without an environment", version);
    if (package == "waiver") return fmt::format("{} passes by a waiver", version);
    if (package == "replay") return fmt::format("{} does not predict what its sample says", version);
    if (package == "trial") return fmt::format("{} is on trial", version);
    if (package == "sample") {
        const std::string_view found = effect == "load-error"      ? "could not be loaded"
                                       : effect == "predict-error" ? "could not predict"
                                                                   : "predicted something else than when it was trained";
        return fmt::format("{} {} in an environment like this", version, found);
    }
    if (recorded == "unknown" && offered.empty()) return fmt::format("{} needs {}, which the environment lacks", version, package);
    if (recorded == "unknown" && effect == "load-error") return fmt::format("{} cannot be loaded with {} {}", version, package, offered);
    const std::string trained = fmt::format("{} was trained with {}{}{}", version, package, recorded.empty() ? "" : " ", recorded);
    if (effect == "missing-package" || offered.empty()) return fmt::format("{}, which the environment lacks", trained);
    if (effect == "load-error") return fmt::format("{} and cannot be loaded with {}", trained, offered);
    if (effect == "predict-error") return fmt::format("{} and cannot predict with {}", trained, offered);
    if (effect == "different-predictions") return fmt::format("{} and predicts something else with {}", trained, offered);
    if (effect == "unproven") return fmt::format("{}; nothing proves that it works with {}", trained, offered);
    return fmt::format("{} and the environment has {}", trained, offered);
}

}  // namespace

bool refuses(const Json& verdict) {
    const std::string word = text_of(verdict, "verdict");
    return word != "allow" && word != "warn";
}

Error refusal_of(const Json& verdict) {
    const std::string version = text_of(verdict, "version");
    const Json& conflicts = list_of(verdict, "conflicts");
    Error error(ErrorKind::incompatible, "incompatible-environment",
                (version.empty() ? "the version" : version) + " does not go with this environment");
    if (!conflicts.empty()) {
        error.message = in_words(version, conflicts.front());
        error.because = text_of(conflicts.front(), "because");
    }
    for (std::size_t i = 1; i < conflicts.size(); ++i) {
        error.problems.push_back({text_of(conflicts[i], "package"), in_words(version, conflicts[i]), text_of(conflicts[i], "because")});
    }
    for (FieldProblem& problem : error.problems) {
        if (!problem.fix.empty()) problem.message += ": " + problem.fix;
        problem.fix.clear();  // what to do about all of them stands below, once
    }
    error.fixes = strings_of(list_of(verdict, "fix"));
    if (error.fixes.empty() && !conflicts.empty()) error.fixes = strings_of(list_of(conflicts.front(), "fix"));
    error.details = to_text(verdict);
    return error;
}

std::vector<std::string> warnings_of(const Json& verdict) {
    std::vector<std::string> warnings;
    for (const Json& warning : list_of(verdict, "warnings")) {
        std::string line = in_words(text_of(verdict, "version"), warning);
        if (const std::string because = text_of(warning, "because"); !because.empty()) line += ": " + because;
        warnings.push_back(std::move(line));
    }
    return warnings;
}

}  // namespace assay
