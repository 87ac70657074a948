#pragma once

#include "api/http.hpp"
#include "base/digest.hpp"

#include <optional>

namespace assay::v1 {

/// The SHA-256 that a client says its body has: `sha-256=:BASE64:` in Repr-Digest or Content-Digest (RFC 9530; the same thing here,
/// because bodies are taken without content coding). Absent without either, or when they name other algorithms only, which is
/// no reason to refuse. `invalid`, code "invalid-repr-digest", for a field that is malformed or two that differ.
[[nodiscard]] Result<std::optional<Digest>> claimed_digest(const Request& request);

/// `integrity`, code "digest-mismatch", when the client said another digest than its body has.
[[nodiscard]] Result<void> check_claimed_digest(const Request& request, const Digest& actual);

}  // namespace assay::v1
