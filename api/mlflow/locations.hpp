#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

// Where MLflow's clients think that files are: `mlflow-artifacts:/1/0d1c…/artifacts/model` is the folder "1/0d1c…/artifacts/model" of
// logged files. No other place is known here: nothing that a client sends becomes a path of this machine, or an address that this server
// asks.

namespace assay::mlflow {

[[nodiscard]] std::string uri_of(std::string_view location);

/// The folder that a URI of ours names; empty for an empty URI. `parameter` is for the message. Refused: every other scheme, hosts,
/// queries, fragments, '..' behind any number of encodings, backslashes.
[[nodiscard]] Result<std::string> location_of(std::string_view uri, std::string_view parameter);

/// A path below a folder as a client names it, decoded once; refused with MLflow's "Invalid path". Empty stays empty.
[[nodiscard]] Result<std::string> safe_path(std::string_view path);

/// The same of a folder, which may end with a '/'.
[[nodiscard]] Result<std::string> safe_folder(std::string_view path);

}  // namespace assay::mlflow
