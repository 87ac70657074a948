#include "registry/environments.hpp"

#include "base/crypto.hpp"
#include "storage/tables/environments.hpp"

namespace assay {

Result<StoredEnvironment> put_environment(Registry& registry, const Digest& claimed, const Environment& environment) {
    TRY_ASSIGN(const std::string bytes, canonical_bytes(environment));
    const Digest digest = sha256(bytes);
    if (digest != claimed) {
        return fail(Error(ErrorKind::integrity, "digest-mismatch", "the environment does not have the digest " + claimed.to_string())
                        .with_because("its canonical JSON has " + digest.to_string())
                        .with_fix("hash the RFC 8785 bytes, package names normalised as PEP 503 says"));
    }
    TRY_ASSIGN(const bool created, registry.database.write([&](SqlWrite& sql) {
        return environments::insert(sql, digest.to_string(), bytes, registry.now());
    }));
    return StoredEnvironment{digest, created};
}

Result<Environment> find_environment(SqlSession& sql, const Digest& digest) {
    TRY_ASSIGN(const auto body, environments::find(sql, digest.to_string()));
    if (!body) {
        return fail(Error(ErrorKind::not_found, "environment-not-found", "the environment " + digest.to_string() + " is not known here")
                        .with_fix("PUT /v1/environments/" + digest.to_string() + " first"));
    }
    TRY_ASSIGN(const Json json, parse_json(*body));
    return read_environment(json);
}

Result<Environment> show_environment(Registry& registry, const Digest& digest) {
    return registry.database.read([&](SqlSession& sql) { return find_environment(sql, digest); });
}

}  // namespace assay
