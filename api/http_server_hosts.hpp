#pragma once

#include "api/header_gate.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Keeps web pages of other sites away from a server that only trusts its network: a page whose name was rebound to our
/// address sends its own name as Host, a page that merely posts here sends its own Origin.
class HostGuard {
public:
    HostGuard(std::string_view listening, std::vector<std::string> allowed_hosts, std::vector<std::string> allowed_origins);

    /// `permission`, code "host-not-allowed" or "origin-not-allowed". `local` is the address the connection came in on.
    [[nodiscard]] Result<void> check(const RequestHead& head, std::string_view local) const;

private:
    [[nodiscard]] bool is_allowed_host(std::string_view authority, std::string_view local) const;

    std::string listening_;
    std::vector<std::string> allowed_hosts_;
    std::vector<std::string> allowed_origins_;
};

}  // namespace assay
