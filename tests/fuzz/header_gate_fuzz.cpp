#include "api/header_gate.hpp"
#include "base/text.hpp"
#include "tests/fuzz/fuzz.hpp"

// Whatever passes the gate must have exactly one meaning: the properties that the server relies on hold for any bytes.

using assay::test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = assay::test::text_of(data, size);

    // The scanner finds the same end whether bytes come at once or in pieces.
    assay::HeadScan whole;
    const auto state = whole.advance(bytes);
    assay::HeadScan pieces;
    auto piecewise = assay::HeadScan::State::incomplete;
    for (std::size_t given = 1; given <= size && piecewise == assay::HeadScan::State::incomplete; ++given)
        piecewise = pieces.advance(bytes.substr(0, given));
    require(piecewise == state && pieces.length == whole.length);

    const auto head = assay::check_head(state == assay::HeadScan::State::complete ? bytes.substr(0, whole.length) : bytes);
    if (!head) return 0;
    require(state == assay::HeadScan::State::complete);
    require(!(head->chunked && head->content_length));
    require(head->target.starts_with('/') || head->target == "*");
    require(!head->host.empty() && !head->authority.empty());
    require(head->fields.size() <= 100);
    int lengths = 0;
    for (const auto& [name, value] : head->fields) {
        require(assay::is_token(name));
        require(value.find('\r') == std::string::npos && value.find('\n') == std::string::npos && value.find('\0') == std::string::npos);
        if (assay::equals_ignoring_case(name, "content-length") || assay::equals_ignoring_case(name, "transfer-encoding")) ++lengths;
    }
    require(lengths <= 1);
    return 0;
}
