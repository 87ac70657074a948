#include "api/mlflow/media_type.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("the media type of a file is that of its name's end") {
    struct Row {
        const char* path;
        const char* type;
    };
    for (const Row& row : {Row{"notes.txt", "text/plain"},
                           {"a/b/data.csv", "text/plain"},
                           {"MLmodel", "text/plain"},
                           {"model/MLmodel", "text/plain"},
                           {"MLproject", "text/plain"},
                           {"a.json", "text/plain"},
                           {"page.html", "text/html"},
                           {"plot.png", "image/png"},
                           {"plot.PNG", "image/png"},
                           {"plot.svg", "image/svg+xml"},
                           {"archive.tar.zip", "application/zip"},
                           {"model.pkl", "application/octet-stream"},
                           {"folder.txt/model", "application/octet-stream"},
                           {"noextension", "application/octet-stream"},
                           {"ends.", "application/octet-stream"},
                           {"", "application/octet-stream"}}) {
        CAPTURE(row.path);
        CHECK(mlflow::media_type_of(row.path) == row.type);
    }
}

}  // namespace assay::test
