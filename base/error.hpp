#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// What sort of thing went wrong. A short, closed set: api/errors.cpp maps each kind to an HTTP status and
/// clients/cli/exit_code.cpp to an exit code, and nothing else does.
enum class ErrorKind {
    invalid,             ///< the request is malformed or breaks a rule: the caller must change it
    not_found,           ///< the named thing does not exist
    incompatible,        ///< the gate refuses: this environment would break the version
    integrity,           ///< bytes are not what their digest says
    unsafe,              ///< the content may run code and policy forbids it
    permission,          ///< not authenticated, or not allowed
    conflict,            ///< the state of the registry forbids it (exists already, cycle, in use)
    precondition,        ///< If-Match does not hold: somebody else was faster
    prediction_differs,  ///< a replay gave other predictions than the sample
    too_large,           ///< beyond a documented limit
    no_space,            ///< the disk is full or a quota is reached
    unavailable,         ///< cannot answer now; the same request may succeed later
    network,             ///< the server could not be reached, or the connection broke
    internal,            ///< a fault of ours or of the machine (I/O error): details are logged
};

/// One reason among several, tied to the field it concerns ("facts.metrics[0].value").
struct FieldProblem {
    std::string field;
    std::string message;
    std::string fix;  ///< empty when there is nothing more to say than the message
};

/// A failure as a value. `message` names the thing and stands alone; `because` adds the cause, `context` what
/// was being done (innermost first, each "fetching churn@3"), `fixes` what the reader can do about it.
struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string code;  ///< stable and machine-readable: "blob-corrupt", "version-not-found"
    std::string message;
    std::string because;
    std::vector<std::string> context;
    std::vector<std::string> fixes;
    std::vector<FieldProblem> problems;  ///< every reason at once, for a refused request
    std::string details;                 ///< JSON text for machines (a gate verdict); empty if none
    int status = 0;                      ///< of the HTTP answer that the error was read from; 0 when it was none
    std::string request_id;              ///< under which that server's log has the request; empty if none

    Error() = default;
    Error(ErrorKind kind_, std::string code_, std::string message_) : kind(kind_), code(std::move(code_)), message(std::move(message_)) {}

    Error&& with_because(std::string text) && {
        because = std::move(text);
        return std::move(*this);
    }
    Error&& with_context(std::string text) && {
        context.push_back(std::move(text));
        return std::move(*this);
    }
    Error&& with_fix(std::string text) && {
        fixes.push_back(std::move(text));
        return std::move(*this);
    }
    Error&& with_problems(std::vector<FieldProblem> list) && {
        problems = std::move(list);
        return std::move(*this);
    }
    Error&& with_details(std::string json) && {
        details = std::move(json);
        return std::move(*this);
    }
};

/// The kind as it is spelled in JSON and logs: "not-found", "prediction-differs".
[[nodiscard]] std::string_view to_string(ErrorKind kind);

/// The error as a person meets it on a terminal: "error: …", "  because: …", "  while: …", "fix: …".
/// Ends with a newline.
[[nodiscard]] std::string describe(const Error& error);
/// The same without the word "error: ", for what is no error where it is said: the verdict of `assay check`.
[[nodiscard]] std::string explain(const Error& error);

/// An Error from errno: ENOENT is not_found, ENOSPC and EDQUOT no_space, EACCES and EPERM permission, all
/// other codes internal. The message is "SUBJECT: strerror".
[[nodiscard]] Error posix_error(std::string_view subject, int error_number);

}  // namespace assay
