#pragma once

#include "base/digest.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace assay {

/// Incremental SHA-256 (FIPS 180-4), by OpenSSL. One thread at a time.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(std::span<const std::byte> bytes);
    void update(std::string_view bytes);
    /// The digest of everything since construction or the last finish(); starts over.
    [[nodiscard]] Digest finish();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

[[nodiscard]] Digest sha256(std::string_view bytes);
[[nodiscard]] Digest sha256(std::span<const std::byte> bytes);

/// `size` unpredictable bytes from the operating system, as 2 × size lowercase hex digits.
[[nodiscard]] std::string random_hex(std::size_t size);

/// The release of OpenSSL that runs: "3.0.17".
[[nodiscard]] std::string openssl_release();

}  // namespace assay
