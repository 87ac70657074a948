#include "base/error.hpp"

#include <array>
#include <cerrno>
#include <cstring>

namespace assay {

std::string_view to_string(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::invalid: return "invalid";
        case ErrorKind::not_found: return "not-found";
        case ErrorKind::incompatible: return "incompatible";
        case ErrorKind::integrity: return "integrity";
        case ErrorKind::unsafe: return "unsafe";
        case ErrorKind::permission: return "permission";
        case ErrorKind::conflict: return "conflict";
        case ErrorKind::precondition: return "precondition";
        case ErrorKind::prediction_differs: return "prediction-differs";
        case ErrorKind::too_large: return "too-large";
        case ErrorKind::no_space: return "no-space";
        case ErrorKind::unavailable: return "unavailable";
        case ErrorKind::network: return "network";
        case ErrorKind::internal: return "internal";
    }
    return "internal";
}

std::string describe(const Error& error) { return "error: " + explain(error); }

std::string explain(const Error& error) {
    std::string text = error.message + "\n";
    if (!error.because.empty()) text += "  because: " + error.because + "\n";
    for (const FieldProblem& problem : error.problems) {
        text += "  " + problem.field + ": " + problem.message + "\n";
        if (!problem.fix.empty()) text += "    fix: " + problem.fix + "\n";
    }
    for (const std::string& step : error.context) text += "  while: " + step + "\n";
    for (std::size_t i = 0; i < error.fixes.size(); ++i) {
        text += (i == 0 ? "fix: " : "  or: ") + error.fixes[i] + "\n";
    }
    return text;
}

Error posix_error(std::string_view subject, int error_number) {
    ErrorKind kind = ErrorKind::internal;
    std::string code = "io-error";
    switch (error_number) {
        case ENOENT:
            kind = ErrorKind::not_found;
            code = "file-not-found";
            break;
        case ENOSPC:
        case EDQUOT:
            kind = ErrorKind::no_space;
            code = "no-space";
            break;
        case EACCES:
        case EPERM:
            kind = ErrorKind::permission;
            code = "permission-denied";
            break;
        default: break;
    }
    std::array<char, 256> buffer{};
    const char* reason = ::strerror_r(error_number, buffer.data(), buffer.size());
    return Error(kind, code, std::string(subject) + ": " + reason);
}

}  // namespace assay
