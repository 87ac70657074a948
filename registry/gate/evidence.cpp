#include "registry/gate/question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace assay {

namespace gate {

std::string_view proven_in_words(Effect effect) {
    if (effect == Effect::load_error) return "could not be loaded";
    if (effect == Effect::predict_error) return "could not predict";
    return "gave other predictions than when it was trained";
}

}  // namespace gate

namespace {

std::optional<Effect> failure_of(const Proven& proof) {
    if (proof.outcome == "different") return Effect::different_predictions;
    if (proof.outcome == "load-error") return Effect::load_error;
    if (proof.outcome == "predict-error") return Effect::predict_error;
    return std::nullopt;
}

/// Everything that the rules had against the version is told, and counts no more.
void overrule(Verdict& verdict, Settled settled) {
    verdict.overruled = std::move(verdict.conflicts);
    std::ranges::move(verdict.warnings, std::back_inserter(verdict.overruled));
    verdict.conflicts.clear();
    verdict.warnings.clear();
    verdict.fix.clear();
    verdict.settled = std::move(settled);
}

/// The conflict that evidence is, in an environment that is the same as far as it counts.
Conflict evident(std::string_view package, std::string rule, Effect effect, std::string because) {
    return {std::string(package), "", std::nullopt, std::move(rule), effect, std::move(because), {}};
}

}  // namespace

namespace {

void weigh_proofs(Verdict& verdict, const Evidence& evidence) {
    const auto failed = std::ranges::find_if(evidence.proofs, [](const Proven& proof) { return failure_of(proof).has_value(); });
    const auto equal =
        std::ranges::find_if(evidence.proofs, [](const Proven& proof) { return proof.outcome == "equal" || proof.outcome == "close"; });
    if (failed != evidence.proofs.end()) {
        const Effect effect = *failure_of(*failed);
        std::string because = fmt::format("its smoke test {} in an environment like this, as {} found at {}", gate::proven_in_words(effect),
                                          failed->by, failed->at);
        if (!failed->message.empty()) because += ": " + failed->message;
        verdict.conflicts.insert(verdict.conflicts.begin(), evident("sample", "proof/" + failed->outcome, effect, std::move(because)));
        gate::add_fix(verdict.fix, "load it where it was trained: assay env show " + verdict.version);
        verdict.decision = Verdict::Decision::refuse;
    } else if (equal != evidence.proofs.end() && verdict.decision != Verdict::Decision::allow) {
        overrule(verdict, {"proof", equal->by, equal->at, "",
                           fmt::format("its smoke test gave {} predictions in an environment like this",
                                       equal->outcome == "equal" ? "equal" : "close")});
        verdict.decision = Verdict::Decision::allow;
    }
    if (verdict.decision != Verdict::Decision::refuse) return;
    if (evidence.waiver) {
        const Waived& waiver = *evidence.waiver;
        overrule(verdict, {"waiver", waiver.by, "", waiver.until, waiver.why});
        verdict.warnings.push_back(evident("waiver", fmt::format("waiver/{}", waiver.id), Effect::unproven,
                                           fmt::format("{} waived the refusal until {}: {}", waiver.by, waiver.until, waiver.why)));
        verdict.decision = Verdict::Decision::warn;
    } else if (evidence.trial && std::ranges::all_of(verdict.conflicts, [](const Conflict& c) { return c.effect == Effect::unproven; })) {
        overrule(verdict, {"trial", "", "", "", "nothing is known of this environment, and the smoke test is to decide"});
        verdict.warnings.push_back(
            evident("trial", "trial", Effect::unproven, "nothing proves that it works in this environment: its smoke test is to decide"));
        verdict.decision = Verdict::Decision::warn;
    }
}

}  // namespace

std::string different_in_words(const Proven& server) {
    return fmt::format("the server's own replay, at {}, gives other predictions than its sample records: {}", server.at, server.message);
}

void weigh(Verdict& verdict, const Evidence& evidence) {
    weigh_proofs(verdict, evidence);
    if (!evidence.server || verdict.decision == Verdict::Decision::refuse) return;
    verdict.warnings.push_back(evident("replay", "replay/different", Effect::different_predictions, different_in_words(*evidence.server)));
    verdict.decision = Verdict::Decision::warn;
}

}  // namespace assay
