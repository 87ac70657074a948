#pragma once

#include "registry/environment.hpp"
#include "registry/registry.hpp"

#include <string>

namespace assay {

struct StoredEnvironment {
    Digest digest;
    bool created = false;  ///< false: it was known
};

/// Keeps an environment under the digest of its canonical JSON. `integrity`, code "digest-mismatch", when the client
/// computed another one.
[[nodiscard]] Result<StoredEnvironment> put_environment(Registry& registry, const Digest& claimed, const Environment& environment);

/// `not_found`, code "environment-not-found".
[[nodiscard]] Result<Environment> find_environment(SqlSession& sql, const Digest& digest);
[[nodiscard]] Result<Environment> show_environment(Registry& registry, const Digest& digest);

}  // namespace assay
