#pragma once

#include "api/header_gate.hpp"
#include "api/http.hpp"

namespace assay {

/// The request of a head that passed: method, target and fields as they were sent, the length of the body. What its route adds (params,
/// query) and its body are the caller's.
[[nodiscard]] Request request_of(const RequestHead& head);

}  // namespace assay
