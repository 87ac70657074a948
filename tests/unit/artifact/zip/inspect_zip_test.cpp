#include "artifact/zip/inspect_zip.hpp"

#include "tests/support/inspected.hpp"
#include "tests/support/npy_bytes.hpp"
#include "tests/support/zip_bytes.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

using Codes = std::vector<std::string>;

const std::string array = npy_bytes("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", std::string(16, '\0'));

std::vector<std::string> names(const Inspection& inspection, std::string_view use) {
    std::vector<std::string> all;
    for (const Import& import : inspection.imports) {
        if (import.use == use) all.push_back(import.module + "." + import.name);
    }
    return all;
}

Inspection keras(const std::string& config) {
    return inspected(zip_bytes({{.name = "metadata.json", .data = R"({"keras_version":"3.6.0","date_saved":"2026-01-01"})"},
                                {.name = "config.json", .data = config}}),
                     "m.keras");
}

}  // namespace

TEST_CASE("a zip of arrays alone is an npz") {
    const Inspection inspection = inspected(zip_bytes({{.name = "x.npy", .data = array, .zip64 = true}, {.name = "y.npy", .data = array}}));
    CHECK(inspection.format == "npz");
    CHECK(inspection.complete);
    CHECK(inspection.array_count == 2);
    REQUIRE(inspection.parts.size() == 2);
    CHECK(inspection.parts[0].name == "x.npy");
    CHECK(inspection.parts[0].format == "npy");
}

TEST_CASE("each member is judged by its bytes, not by its name") {
    const Inspection inspection = inspected(zip_bytes({{.name = "readme.txt",
                                                        .data = "\x80\x03"
                                                                "cposix\nsystem\nU\2id\x85R."}}));
    CHECK(inspection.format == "zip");
    REQUIRE(inspection.parts.size() == 1);
    CHECK(inspection.parts[0].format == "pickle");
    CHECK(inspection.parts[0].calls.size() == 1);
    CHECK(all_codes(inspected(zip_bytes({{.name = "x.npy", .data = "text"}}))) == Codes{"not-what-it-says"});
}

TEST_CASE("a payload is seen although its checksum does not hold") {
    const Inspection inspection = inspected(zip_bytes({{.name = "a.pkl",
                                                        .data = "\x80\x03"
                                                                "cposix\nsystem\nU\2id\x85R.",
                                                        .crc = 1}}));
    CHECK(all_codes(inspection) == Codes{"zip-crc"});
    CHECK(inspection.parts.at(0).calls.size() == 1);
    CHECK_FALSE(inspection.parts.at(0).complete);
}

TEST_CASE("a PyTorch file's storages are numbers, and its code is told") {
    const std::string storage =
        "\x80\x02"
        "cposix\nsystem\n";  // looks like a pickle, and no program reads it as one
    const auto file = [&](const std::string& more) {
        return inspected(zip_bytes({{.name = "archive/data.pkl", .data = "\x80\x02}q\1."},
                                    {.name = "archive/version", .data = "3\n"},
                                    {.name = "archive/data/0", .data = storage},
                                    {.name = more, .data = "x = 1\n"}}));
    };
    const Inspection plain = file("archive/byteorder");
    CHECK(plain.format == "pytorch");
    CHECK(plain.complete);
    CHECK(plain.parts.at(2).format == "storage");
    CHECK(plain.details["storages"] == 1);
    CHECK(codes(file("archive/code/a.py")) == Codes{"model-code"});
}

TEST_CASE("a Keras model's layers are named, and code in them is told") {
    const Inspection inspection = keras(R"({"module":"keras","class_name":"Sequential","config":{"layers":[
        {"module":"keras.layers","class_name":"Dense","config":{"kernel":{"module":"keras.initializers","class_name":"Zeros","config":{}}}},
        {"module":"my.pkg","class_name":"Layer","config":{},"registered_name":"My>Layer"},
        {"module":"os","class_name":"function","config":"system","registered_name":"system"}]}})");
    CHECK(inspection.format == "keras");
    CHECK(inspection.releases.at(0).release == "3.6.0");
    const auto made = names(inspection, "instantiate");
    CHECK(std::find(made.begin(), made.end(), "keras.layers.Dense") != made.end());
    CHECK(std::find(made.begin(), made.end(), "keras.initializers.Zeros") != made.end());
    CHECK(names(inspection, "value") == Codes{"os.system"});
    REQUIRE(inspection.calls.size() == 2);  // what is not Keras's own
    CHECK(inspection.calls[1].module + inspection.calls[1].name != inspection.calls[0].module + inspection.calls[0].name);
    CHECK(
        codes(keras(R"({"module":"keras.layers","class_name":"Lambda","config":{"function":{"class_name":"__lambda__","config":{}}}})")) ==
        Codes{"lambda-layer"});
    CHECK(codes(keras(R"({"class_name":)")) == Codes{"invalid-json"});
}

TEST_CASE("Keras needs no metadata, and what is two formats at once is neither") {
    const std::string config = R"({"module":"os","class_name":"function","config":"system","registered_name":"system"})";
    const ZipEntry model{.name = "config.json", .data = config};
    CHECK(inspected(zip_bytes({model, {.name = "model.weights.h5", .data = "x"}})).format == "keras");
    CHECK(inspected(zip_bytes({model}), "m.keras").format == "keras");
    CHECK(inspected(zip_bytes({model}), "m.zip").format == "zip");
    const ZipEntry torch{.name = "a/data.pkl", .data = "\x80\x02}."};
    CHECK(codes(inspected(zip_bytes({model, torch}), "m.keras")) == Codes{"polyglot"});
    const ZipEntry schema{.name = "schema.json", .data = "{}"};
    CHECK(codes(inspected(zip_bytes({model, schema}), "m.keras")) == Codes{"polyglot"});
}

TEST_CASE("a storage of PyTorch's that is an array or a zip is looked into") {
    const ZipEntry torch{.name = "a/data.pkl", .data = "\x80\x02}."};
    const Inspection inspection = inspected(zip_bytes({torch, {.name = "a/data/0", .data = array}, {.name = "a/data/1", .data = "xxxx"}}));
    REQUIRE(inspection.parts.size() == 3);
    CHECK(inspection.parts[1].format == "npy");
    CHECK(inspection.parts[2].format == "storage");
}

TEST_CASE("Keras's utilities are no building blocks of a model") {
    const Inspection inspection = keras(R"({"module":"keras.utils","class_name":"get_file","config":{}})");
    REQUIRE(inspection.calls.size() == 1);
    CHECK(inspection.calls[0].name == "get_file");
}

TEST_CASE("a file that begins as something else and ends as a zip is two files in one") {
    std::string bytes = array + zip_bytes({});
    CHECK(codes(inspected(bytes, "a.npy")) == Codes{"polyglot", "trailing-bytes"});
    // Python's zipfile finds its directory with anything behind it.
    const std::string tailed = array + zip_bytes({{.name = "evil.pkl", .data = "x"}}) + std::string(7, '\0');
    CHECK(codes(inspected(tailed, "a.npy")) == Codes{"polyglot", "trailing-bytes"});
    CHECK(codes(inspected(array, "a.npy")).empty());
}

}  // namespace assay::test
