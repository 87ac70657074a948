#include "clients/cpp/reference_target.hpp"

#include "base/text.hpp"
#include "base/url.hpp"
#include "clients/cpp/connection.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

Result<ReferenceTarget> reference_target(std::string_view reference) {
    const auto refuse = [&](std::string because) {
        return fail(
            Error(ErrorKind::invalid, "invalid-reference", fmt::format("'{}' is not a reference to a version", printable(reference, 100)))
                .with_because(std::move(because))
                .with_fix("write NAME, NAME@3, NAME@ALIAS or NAME@sha256:…"));
    };
    const std::size_t at = reference.find('@');
    if (reference.empty() || at == 0) return refuse("it has no name");
    if (!is_utf8(reference)) return refuse("it is not UTF-8");
    ReferenceTarget target;
    TRY_ASSIGN(target.model, to_nfc(reference.substr(0, at)));
    std::string segment = "@latest";
    if (at != std::string_view::npos) {
        const std::string_view which = reference.substr(at + 1);
        if (which.empty()) return refuse("nothing follows the '@'");
        target.number = all_digits(which);
        if (which.starts_with("sha256:")) {
            const auto digest = Digest::parse(which);
            if (!digest) return refuse(digest.error().because);
            target.pinned = *digest;
        }
        segment = target.number || target.pinned ? std::string(which) : "@" + encode_component(which);
    }
    target.target = Connection::path_of(target.model) + "/versions/" + segment;
    return target;
}

}  // namespace assay
