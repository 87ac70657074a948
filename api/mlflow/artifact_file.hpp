#pragma once

#include "api/mlflow/routes.hpp"
#include "registry/blobs.hpp"

#include <functional>
#include <memory>
#include <string>

// Files as bytes for whoever asks.

namespace assay::mlflow {

/// A handler that gives a response, or an error in MLflow's words.
[[nodiscard]] Handler telling(std::function<Result<Response>(Request&)> answer);
[[nodiscard]] Response json_answer(const Json& json);

/// A file below the folders of runs and logged models. What a loader would run passes the gate of the versions that were made of it.
[[nodiscard]] Result<Response> logged_file(Context& context, const Request& request, const std::string& path);

/// Bytes as an attachment of that name: what a browser is given here it never shows. Of a stored file as file_response() says.
[[nodiscard]] Result<Response> attachment(Registry& registry, const Request& request, std::unique_ptr<BlobReader> reader,
                                          const Digest& digest, const std::string& path);
[[nodiscard]] Response attachment(std::string text, const std::string& path);

}  // namespace assay::mlflow
