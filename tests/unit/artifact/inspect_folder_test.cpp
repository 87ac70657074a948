#include "artifact/inspect_folder.hpp"

#include "tests/support/inspected.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

using Codes = std::vector<std::string>;

/// An object with `_sklearn_version` 1.5.2.
const std::string model = std::string(
    "\x80\x03"
    "csklearn.svm._classes\nSVC\n)\x81}U\x10_sklearn_versionU\5"
    "1.5.2sb.");

FolderFile file(const std::string& path, const std::string& bytes) {
    return {path, [&bytes]() -> Result<std::unique_ptr<RandomSource>> { return std::make_unique<MemoryBytes>(bytes); }};
}

Inspection folder(const std::string& mlmodel, const std::string& requirements) {
    return must(inspect_folder({file("MLmodel", mlmodel), file("requirements.txt", requirements), file("model.pkl", model)}, "m"));
}

std::string mlmodel(const char* release) {
    return std::string("flavors:\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: ") + release + "\n";
}

}  // namespace

TEST_CASE("a folder with an MLmodel is a model of MLflow, and its files are parts") {
    const Inspection inspection = folder(mlmodel("1.5.2"), "scikit-learn==1.5.2\n");
    CHECK(inspection.format == "mlflow");
    CHECK(inspection.parts.size() == 3);
    CHECK(inspection.details["pickled_model"] == "model.pkl");
    CHECK(inspection.releases.size() == 2);
    CHECK(inspection.oddities.empty());
    const std::string elsewhere = "flavors:\n  sklearn:\n    pickled_model: other.pkl\n";
    CHECK(codes(must(inspect_folder({file("MLmodel", elsewhere), file("model.pkl", model)}, "m"))) == Codes{"absent-file"});
    const std::string text = "x";
    CHECK(must(inspect_folder({file("a.txt", text)}, "d")).format == "folder");
}

TEST_CASE("releases that contradict the bytes are told, from either file") {
    const Inspection both = folder(mlmodel("1.2.2"), "scikit-learn==1.3.0\n");
    CHECK(codes(both) == Codes{"version-conflict"});
    CHECK(both.oddities.size() == 2);
    CHECK(folder(mlmodel("1.5.2"), "scikit-learn>=1.2\n").oddities.empty());
}

TEST_CASE("a file of a folder that cannot be read is an error") {
    const FolderFile gone{"a.txt", [] { return open_random_file("/absent/a.txt"); }};
    CHECK(!inspect_folder({gone}, "d"));
}

}  // namespace assay::test
