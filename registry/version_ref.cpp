#include "registry/version_ref.hpp"

#include "base/text.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

namespace assay {

Result<VersionRef> VersionRef::parse(std::string_view text) {
    const auto refuse = [&](std::string because) {
        return fail(Error(ErrorKind::invalid, "invalid-reference", fmt::format("'{}' is not a version", printable(text, 100)))
                        .with_because(std::move(because)));
    };
    if (text.starts_with("sha256:")) {
        const auto digest = Digest::parse(text);
        if (!digest) return refuse(digest.error().because);
        return VersionRef{*digest};
    }
    if (text.starts_with('@')) {
        const std::string_view name = text.substr(1);
        if (equals_ignoring_case(name, "latest")) return VersionRef{Latest{}};
        auto alias = alias_name(name);
        if (!alias) return refuse(alias.error().because);
        return VersionRef{Alias{*std::move(alias)}};
    }
    const auto number = parse_integer(text);
    if (!number) return refuse("a version is a number (3), an alias (@production), @latest or a digest (sha256:…)");
    if (*number < 1 || text.front() == '0') return refuse("versions count from 1");
    return VersionRef{Number{*number}};
}

}  // namespace assay
