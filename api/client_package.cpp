#include "api/client_package.hpp"

#include "embedded/embedded_client.hpp"

#include <fmt/format.h>

namespace assay {

const EmbeddedFile& client_package() { return embedded_client().front(); }

std::string address_of(const Request& request) {
    constexpr std::string_view usual = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    const std::string host = request.headers.find("Host").value_or("");
    return "http://" + (host.empty() || host.find_first_not_of(usual) != std::string::npos ? "127.0.0.1:8080" : host);
}

std::string client_requirement(const Request& request, std::string_view extra) {
    return fmt::format("assay{} @ {}/python/{}", extra.empty() ? "" : fmt::format("[{}]", extra), address_of(request),
                       client_package().name);
}

}  // namespace assay
