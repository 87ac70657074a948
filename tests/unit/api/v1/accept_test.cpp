#include "api/v1/accept.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string_view>

using namespace assay;

namespace {

constexpr std::array<std::string_view, 3> offered = {"application/json", "image/svg+xml", "text/vnd.graphviz"};

std::string_view chosen(std::string_view accept) { return v1::preferred(accept, offered); }

}  // namespace

TEST_CASE("the media type with the greatest quality is chosen, and the first offered of equals") {
    CHECK(chosen("image/svg+xml") == "image/svg+xml");
    CHECK(chosen("text/html, image/svg+xml;q=0.5") == "image/svg+xml");
    CHECK(chosen("application/json;q=0.1, text/vnd.graphviz;q=0.9, image/svg+xml ; q=0.5") == "text/vnd.graphviz");
    CHECK(chosen("image/svg+xml, application/json") == "application/json");
    CHECK(chosen("IMAGE/SVG+XML;Q=1.0") == "image/svg+xml");
}

TEST_CASE("a range of media types stands back behind a type that is named") {
    CHECK(chosen("*/*") == "application/json");
    CHECK(chosen("image/*") == "image/svg+xml");
    CHECK(chosen("*/*;q=0.5, image/svg+xml") == "image/svg+xml");
    CHECK(chosen("application/json;q=0, */*") == "image/svg+xml");
    CHECK(chosen("text/*;q=0.2, text/vnd.graphviz;q=0, */*;q=0.1") == "application/json");
}

TEST_CASE("without a type that is offered, or with nonsense, the first is answered") {
    for (const char* accept :
         {"", "text/html", "image/png, audio/*", ",,;", "image/svg+xml;q=2", "image/svg+xml;q=x", "image/svg+xml;q=0", "image"}) {
        CAPTURE(accept);
        CHECK(chosen(accept) == "application/json");
    }
}
