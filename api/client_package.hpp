#pragma once

#include "api/http.hpp"
#include "base/embedded_file.hpp"

#include <string>

namespace assay {

/// The Python client as this server hands it out: a wheel, named as pip wants it ("assay-0.1.0-py3-none-any.whl").
[[nodiscard]] const EmbeddedFile& client_package();

/// The address by which the sender of the request came here: "http://127.0.0.1:8080".
[[nodiscard]] std::string address_of(const Request& request);

/// What pip installs the client by, from this server: "assay[mlflow] @ http://127.0.0.1:8080/python/assay-0.1.0-py3-none-any.whl"
/// (PEP 508). `extra` may be empty.
[[nodiscard]] std::string client_requirement(const Request& request, std::string_view extra);

}  // namespace assay
