#include "clients/cli/exit_code.hpp"

namespace assay {

ExitCode exit_code_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::not_found: return ExitCode::not_found;
        case ErrorKind::incompatible: return ExitCode::incompatible;
        case ErrorKind::integrity: return ExitCode::integrity;
        case ErrorKind::unsafe: return ExitCode::unsafe;
        case ErrorKind::permission: return ExitCode::permission;
        case ErrorKind::conflict:
        case ErrorKind::precondition: return ExitCode::conflict;
        case ErrorKind::prediction_differs: return ExitCode::prediction_differs;
        case ErrorKind::network:
        case ErrorKind::unavailable: return ExitCode::network;
        case ErrorKind::invalid:
        case ErrorKind::too_large:
        case ErrorKind::no_space:
        case ErrorKind::internal: break;
    }
    return ExitCode::other;
}

}  // namespace assay
