#include "registry/runnable.hpp"

#include "registry/environments.hpp"
#include "registry/needs.hpp"

namespace assay {

Result<VerdictsPage> runnable(Registry& registry, const Digest& environment, VerdictsQuery query) {
    TRY_ASSIGN(const Environment here, show_environment(registry, environment));
    query.search.scope = "runnable " + environment.to_string();
    return verdicts(registry, query, [&](const Recorded& needs) -> Result<std::optional<NeedsQuestion>> {
        TRY_ASSIGN(std::string considered, considered_text(needs, here));
        return NeedsQuestion{needs, here, std::move(considered)};
    });
}

}  // namespace assay
