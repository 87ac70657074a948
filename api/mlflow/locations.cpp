#include "api/mlflow/locations.hpp"

#include "api/mlflow/errors.hpp"
#include "base/file_path.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

namespace assay::mlflow {

namespace {

constexpr std::string_view scheme = "mlflow-artifacts:/";

/// As Python's unquote: every %XX decoded, a '%' that encodes nothing left as it is.
std::string unquoted(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(to_lower_ascii(text.substr(i + 1, 1))[0]) : -1;
        const int low = high >= 0 ? hex_value(to_lower_ascii(text.substr(i + 2, 1))[0]) : -1;
        plain += low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
        if (low >= 0) i += 2;
    }
    return plain;
}

/// Whether the text, decoded as often as it changes, is no relative path within its folder.
bool leads_out(std::string text) {
    for (int depth = 0; depth < 10; ++depth) {
        if (!text.empty() && !file_path(text)) return true;
        std::string decoded = unquoted(text);
        if (decoded == text) return false;
        text = std::move(decoded);
    }
    return true;
}

}  // namespace

std::string uri_of(std::string_view location) { return std::string(scheme) + std::string(location); }

Result<std::string> location_of(std::string_view uri, std::string_view parameter) {
    if (uri.empty()) return std::string();
    if (uri.find_first_of("#;?") != std::string_view::npos)
        return refuse(invalid_parameter, fmt::format("'{}' URL can't include fragments or params.", parameter));
    if (!uri.starts_with(scheme) || uri.starts_with("mlflow-artifacts://"))
        return refuse(
            invalid_parameter,
            fmt::format("Invalid {}: '{}'. This server keeps artifacts itself: use a URI of the form mlflow-artifacts:/PATH, or none.",
                        parameter, printable(uri, 300)));
    const std::string_view rest = uri.substr(scheme.size());
    auto path = file_path(rest.ends_with('/') ? rest.substr(0, rest.size() - 1) : rest);
    const bool reserved = path && (*path == "versions" || path->starts_with("versions/"));  // what registered versions hold
    if (!path || reserved || leads_out(*path))
        return refuse(invalid_parameter, fmt::format("Invalid {}: '{}'", parameter, printable(uri, 300)));
    return *std::move(path);
}

Result<std::string> safe_folder(std::string_view path) {
    return safe_path(path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path);
}

Result<std::string> safe_path(std::string_view path) {
    if (path.empty()) return std::string();
    const bool drive = path.size() > 2 && path[1] == ':' && path[2] == '/';  // of another system
    if (drive || path.find('#') != std::string_view::npos || leads_out(std::string(path))) return refuse(invalid_parameter, "Invalid path");
    auto checked = file_path(path);
    if (!checked) return refuse(invalid_parameter, "Invalid path");
    return *std::move(checked);
}

}  // namespace assay::mlflow
