#pragma once

#include "base/digest.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace assay {

/// Which version of a model is meant: "3", "@production", "@latest" or "sha256:…".
struct VersionRef {
    struct Number {
        std::int64_t value;
    };
    struct Alias {
        std::string name;
    };
    struct Latest {};
    std::variant<Number, Alias, Latest, Digest> which;

    /// `invalid`, code "invalid-reference", for anything else (0, negative, leading zeros, beyond 2^63).
    [[nodiscard]] static Result<VersionRef> parse(std::string_view text);
};

}  // namespace assay
