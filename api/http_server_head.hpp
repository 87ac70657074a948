#pragma once

#include "api/header_gate.hpp"
#include "api/http.hpp"
#include "api/router.hpp"

#include <memory>

namespace assay {

/// cpp-httplib's parser, fed with heads that have passed the gate. Safe for concurrent use.
class HeadParser {
public:
    HeadParser();
    ~HeadParser();

    /// Method, target and headers of a Request. `too_large` (code "header-too-large") for a field that the library does not take.
    [[nodiscard]] Result<Request> parse(const RequestHead& head) const;

private:
    class Library;
    std::unique_ptr<Library> library_;
};

}  // namespace assay
