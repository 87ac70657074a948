#include "registry/hints.hpp"

#include <doctest/doctest.h>

using namespace assay;

TEST_CASE("hints name the command and the route, with names encoded for the route only") {
    CHECK(hint_to_set_alias("my model", "prod") == "assay alias set my model prod VERSION, or PUT /v1/models/my%20model/aliases/prod");
    CHECK(hint_to_undelete("a/ü", 3) == "assay undelete a/ü@3, or POST /v1/models/a%2F%C3%BC/versions/3:undelete");
    CHECK(hint_to_list_versions("m") == "assay show m, or GET /v1/models/m/versions, lists its versions");
    CHECK(hint_to_list_models() == "assay list, or GET /v1/models, shows what there is");
    CHECK(hint_to_read_alias_history("m", "a") ==
          "look at its history (assay alias log, or GET /v1/models/m/aliases/a/history) and repeat if the change is still right");
}
