#pragma once

#include "api/errors.hpp"
#include "api/http.hpp"
#include "registry/registry.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace assay {

/// Answers with the bytes of a blob: whole (200) or one range (206) as RFC 9110 §14 says, with ETag, Repr-Digest (RFC
/// 9530) and Accept-Ranges; 304 for If-None-Match; `invalid`, code "range-not-satisfiable" (416), for a range outside the
/// file or more than one. The first window is verified before anything is answered; when a later one turns out to be
/// damaged, the blob is marked corrupt and the transfer is cut. `in_words`: a refused range in the words of a protocol.
[[nodiscard]] Result<Response> file_response(Registry& registry, const Request& request, std::unique_ptr<BlobReader> reader,
                                             const Digest& digest, const std::string& media_type,
                                             Response (*in_words)(const Error&, std::string_view request_id) = problem);

}  // namespace assay
