#include "registry/reference.hpp"

#include "base/text.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

constexpr std::size_t max_reference_bytes = 4096;

Error bad_reference(std::string_view text, std::string because) {
    return Error(ErrorKind::invalid, "invalid-reference", fmt::format("'{}' is not a reference to a version", printable(text, 100)))
        .with_because(std::move(because))
        .with_fix("write NAME, NAME@3, NAME@ALIAS or NAME@sha256:…");
}

/// What follows '@'.
Result<VersionSelector> selector(std::string_view text) {
    if (equals_ignoring_case(text, "latest")) return LatestVersion{};
    if (text.starts_with("sha256:")) {
        TRY_ASSIGN(const Digest digest, Digest::parse(text));
        return digest;
    }
    // A sign makes it neither a number nor an alias worth looking up.
    if (all_digits(text) || (text.size() > 1 && (text[0] == '-' || text[0] == '+') && all_digits(text.substr(1)))) {
        TRY_ASSIGN(const std::int64_t number, version_number(text));
        return number;
    }
    TRY_ASSIGN(std::string alias, alias_name(text));
    return AliasName{std::move(alias)};
}

}  // namespace

Result<std::int64_t> version_number(std::string_view text) {
    const auto refuse = [&](std::string because) {
        return fail(Error(ErrorKind::invalid, "invalid-version", fmt::format("'{}' is not a version number", printable(text, 100)))
                        .with_because(std::move(because)));
    };
    if (!all_digits(text)) return refuse("versions are numbered 1, 2, 3, …");
    if (text.front() == '0') return refuse(text.size() == 1 ? "versions are numbered from 1" : "it has leading zeros");
    const auto number = parse_integer(text);
    if (!number) return refuse("it is beyond the largest version, 9223372036854775807");
    return *number;
}

Result<Reference> Reference::parse(std::string_view text) {
    if (text.size() > max_reference_bytes)
        return fail(bad_reference(text, fmt::format("it has {} bytes, at most {} are read", text.size(), max_reference_bytes)));
    if (text.empty()) return fail(bad_reference(text, "it is empty"));

    constexpr std::string_view mlflow_scheme = "models:/";
    Reference reference;
    if (text.starts_with(mlflow_scheme)) {
        const std::string_view rest = text.substr(mlflow_scheme.size());
        const std::size_t slash = rest.rfind('/');
        if (slash != std::string_view::npos) {
            const std::string_view version = rest.substr(slash + 1);
            TRY_ASSIGN(reference.model, model_name(rest.substr(0, slash)));
            if (equals_ignoring_case(version, "latest")) return reference;
            if (!all_digits(version)) return fail(bad_reference(text, "after 'models:/NAME/' comes a version number or 'latest'"));
            TRY_ASSIGN(reference.version, version_number(version));
            return reference;
        }
        const std::size_t at = rest.find('@');
        if (at == std::string_view::npos) return fail(bad_reference(text, "'models:/NAME' needs '/VERSION' or '@ALIAS'"));
        TRY_ASSIGN(reference.model, model_name(rest.substr(0, at)));
        TRY_ASSIGN(std::string alias, alias_name(rest.substr(at + 1)));
        reference.version = AliasName{std::move(alias)};
        return reference;
    }

    const std::size_t at = text.find('@');
    TRY_ASSIGN(reference.model, model_name(text.substr(0, at)));
    if (at == std::string_view::npos) return reference;
    const std::string_view version = text.substr(at + 1);
    if (version.empty()) return fail(bad_reference(text, "nothing follows the '@'"));
    TRY_ASSIGN(reference.version, selector(version));
    return reference;
}

std::string Reference::version_text() const {
    if (const auto* number = std::get_if<std::int64_t>(&version)) return fmt::format("{}", *number);
    if (const auto* alias = std::get_if<AliasName>(&version)) return alias->alias;
    if (const auto* digest = std::get_if<Digest>(&version)) return digest->to_string();
    return "latest";
}

std::string Reference::path_segment() const {
    const bool named = std::holds_alternative<AliasName>(version) || std::holds_alternative<LatestVersion>(version);
    return (named ? "@" : "") + version_text();
}

}  // namespace assay
