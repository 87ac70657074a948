#include "api/conditions.hpp"

#include "api/errors.hpp"
#include "base/text.hpp"

namespace assay {

namespace {

/// Whether a list of tags names this one; strongly, "W/…" names nothing (RFC 9110 §8.8.3.2).
bool names_tag(std::string_view list, std::string_view quoted, bool weakly) {
    for (const std::string& candidate : split(list, ',')) {
        std::string_view one = trim(candidate);
        if (weakly && one.starts_with("W/")) one.remove_prefix(2);
        if (one == quoted || one == "*") return true;
    }
    return false;
}

}  // namespace

std::optional<Response> conditional_answer(const Request& request, const std::string& quoted_tag) {
    if (const auto header = request.headers.find("If-Match"); header && !names_tag(*header, quoted_tag, false)) {
        Response refused = problem(Error(ErrorKind::precondition, "precondition-failed", "this is not what If-Match names any more")
                                       .with_because("its ETag is " + quoted_tag + " now")
                                       .with_fix("read it again without If-Match"),
                                   request.id);
        refused.headers.set("ETag", quoted_tag);
        return refused;
    }
    const auto header = request.headers.find("If-None-Match");
    if (!header || !names_tag(*header, quoted_tag, true)) return std::nullopt;
    Response unchanged;
    unchanged.status = 304;
    unchanged.headers.set("ETag", quoted_tag);
    return unchanged;
}

}  // namespace assay
