#include "api/v1/body_digest.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace assay::v1 {

namespace {

constexpr std::array<const char*, 2> fields = {"Repr-Digest", "Content-Digest"};

std::unexpected<Error> malformed(std::string_view field, std::string because) {
    const std::string name(field);
    return fail(Error(ErrorKind::invalid, "invalid-repr-digest", "the " + name + " header cannot be read")
                    .with_because(std::move(because))
                    .with_fix("send " + name + ": sha-256=:BASE64: with the SHA-256 of the body, or leave the header out")
                    .with_problems({{name, "is malformed", ""}}));
}

bool is_key(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '*';
    });
}

/// One member of the dictionary, `KEY=:BASE64:`. Gives the digest of sha-256, nothing for another algorithm.
Result<std::optional<Digest>> read_member(std::string_view field, std::string_view member) {
    const std::size_t equals = member.find('=');
    if (equals == std::string_view::npos || !is_key(member.substr(0, equals)))
        return malformed(field, "its members are ALGORITHM=:BASE64:, separated by commas");
    const std::string_view value = member.substr(equals + 1);
    if (value.size() < 2 || value.front() != ':' || value.back() != ':') return malformed(field, "a digest stands between two colons");
    const auto bytes = from_base64(value.substr(1, value.size() - 2));
    if (!bytes) return malformed(field, "a digest is not base64");
    if (member.substr(0, equals) != "sha-256") return std::nullopt;
    if (bytes->size() != Digest::size_bytes) return malformed(field, "a SHA-256 has 32 bytes");
    return Digest::parse_hex(to_hex(*bytes));
}

}  // namespace

Result<std::optional<Digest>> claimed_digest(const Request& request) {
    std::optional<Digest> claimed;
    for (const auto& [name, value] : request.headers.all()) {
        const auto* const field = std::ranges::find_if(fields, [&](const char* known) { return equals_ignoring_case(name, known); });
        if (field == fields.end()) continue;
        for (const std::string& member : split(value, ',')) {
            TRY_ASSIGN(const auto one, read_member(*field, trim(member)));
            if (!one) continue;
            if (claimed && *claimed != *one) return malformed(*field, "the request names two different SHA-256 for one body");
            claimed = one;
        }
    }
    return claimed;
}

Result<void> check_claimed_digest(const Request& request, const Digest& actual) {
    TRY_ASSIGN(const auto claimed, claimed_digest(request));
    if (!claimed || *claimed == actual) return {};
    return fail(Error(ErrorKind::integrity, "digest-mismatch", "the body is not what its digest header says")
                    .with_because("the header says " + claimed->to_string() + ", the body has " + actual.to_string())
                    .with_fix("send it again: it was damaged on its way, or the header belongs to another body"));
}

}  // namespace assay::v1
