// Heads that pass the gate: the request says what the gate understood, and the host guard judges every one.
#include "api/http_server_head.hpp"
#include "api/http_server_hosts.hpp"
#include "base/text.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::test::require;
    static const assay::HostGuard guard("127.0.0.1", {"models.example"}, {"https://ui.example"});
    const std::string_view bytes = assay::test::text_of(data, size);
    assay::HeadScan scan;
    if (scan.advance(bytes) != assay::HeadScan::State::complete) return 0;
    const auto head = assay::check_head(bytes.substr(0, scan.length));
    if (!head) return 0;

    if (const auto allowed = guard.check(*head, "192.0.2.7"); !allowed) {
        require(allowed.error().code == "host-not-allowed" || allowed.error().code == "origin-not-allowed");
        require(assay::is_utf8(allowed.error().message));
    }
    const assay::Request request = assay::request_of(*head);
    require(request.target == head->target);
    require(request.content_length == head->content_length);
    for (const auto& [name, value] : request.headers.all()) {
        require(std::ranges::any_of(
            head->fields, [&](const auto& field) { return assay::equals_ignoring_case(field.first, name) && field.second == value; }));
    }
    for (const auto& [name, value] : head->fields) {
        require(request.headers.find(name).has_value());
    }
    return 0;
}
