#include "registry/name_tables.hpp"

#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace assay::test {

namespace {

constexpr std::string_view lab = R"(# A comment.
releases 1.0 1.0.2 1.1.0 1.2.0.post1 2.0.0
lab.models 1.0-2.0.0 Tree
lab.models 1.0-1.0.2,2.0.0 Forest make
lab._old 1.0 Stump
)";

NameTables tables(std::string_view text = lab) {
    const EmbeddedFile file{"lab-kit.txt", text};
    return must(NameTables::parse(std::span(&file, 1)));
}

std::string why_not(std::string_view text) {
    const EmbeddedFile file{"lab-kit.txt", text};
    const auto parsed = NameTables::parse(std::span(&file, 1));
    REQUIRE(!parsed);
    CHECK(parsed.error().code == "invalid-name-table");
    return parsed.error().message;
}

using Answer = NameTables::Answer;

}  // namespace

TEST_CASE("a release has the names that it was found to have") {
    const NameTables found = tables();
    CHECK(found.find("lab-kit", "1.0", "lab.models:Forest") == Answer::has);
    CHECK(found.find("lab-kit", "1.1.0", "lab.models:Forest") == Answer::lacks);
    CHECK(found.find("lab-kit", "2.0", "lab.models:Forest") == Answer::has);  // 2.0 and 2.0.0 are the same
    CHECK(found.find("lab-kit", "1.2.0.post1", "lab._old:Stump") == Answer::lacks);
    CHECK(found.find("lab-kit", "1.0.2+cu118", "lab.models:make") == Answer::has);
}

TEST_CASE("a release that was not asked is known only between two that say the same") {
    const NameTables found = tables();
    CHECK(found.find("lab-kit", "1.0.1", "lab.models:Forest") == Answer::has);
    CHECK(found.find("lab-kit", "1.1.5", "lab.models:Forest") == Answer::lacks);
    CHECK(found.find("lab-kit", "1.0.7", "lab.models:Forest") == Answer::unknown);
    CHECK(found.find("lab-kit", "0.9", "lab.models:Tree") == Answer::unknown);
    CHECK(found.find("lab-kit", "2.1", "lab.models:Tree") == Answer::unknown);
    CHECK(found.find("lab-kit", "nightly", "lab.models:Tree") == Answer::unknown);
    CHECK(found.find("lab-kit", "1.0", "lab.models:Shrub") == Answer::unknown);
    CHECK(found.find("other", "1.0", "lab.models:Tree") == Answer::unknown);
}

TEST_CASE("a module belongs to the package whose table has its top level") {
    const NameTables found = tables();
    CHECK(found.package_of("lab") == "lab-kit");
    CHECK(found.package_of("lab.anything._at_all") == "lab-kit");
    CHECK(found.package_of("laboratory") == std::nullopt);
}

TEST_CASE("the releases that have all of some names are found") {
    const NameTables found = tables();
    const std::vector<std::string> wanted = {"lab.models:Tree", "lab.models:Forest"};
    CHECK(found.having("lab-kit", wanted) == std::vector<std::string>{"1.0", "1.0.2", "2.0.0"});
    CHECK(found.having("other", wanted).empty());
}

TEST_CASE("a module that calls itself otherwise is one of the package, and of one alone") {
    const auto found = must(NameTables::parse(std::array{EmbeddedFile{"lab-kit.txt", "releases 1.0\nlab 1.0 a\n_loss 1.0 b\n"}}));
    CHECK(found.package_of("_loss") == "lab-kit");
    CHECK(found.find("lab-kit", "1.0", "_loss:b") == Answer::has);
    const std::array two = {EmbeddedFile{"a.txt", "releases 1.0\nlab 1.0 a\n"}, EmbeddedFile{"b.txt", "releases 1.0\nlab 1.0 a\n"}};
    CHECK(error_of(NameTables::parse(two)).message == "the modules of lab stand in two tables");
}

TEST_CASE("a table with a fault is refused, with its line") {
    CHECK(why_not("lab.models 1.0 Tree\n") == "line 1: the first line names the releases");
    CHECK(why_not("releases 1.0 0.9\nlab 1.0 a\n") == "line 1: the releases do not ascend");
    CHECK(why_not("releases 1.0\nlab 1.1 a\n") == "line 2: '1.1' are no releases of the first line");
    CHECK(why_not("releases 1.0 1.1\nlab 1.1-1.0 a\n") == "line 2: '1.1-1.0' are no releases of the first line");
    CHECK(why_not("releases 1.0\nlab 1.0 a\nlab 1.0 a\n") == "'lab:a' stands twice");
    CHECK(why_not("releases 1.0\n") == "there is no name in it");
}

TEST_CASE("the tables in the binary know what broke people's models") {
    const NameTables& found = NameTables::builtin();
    CHECK(found.package_of("sklearn.svm") == "scikit-learn");
    CHECK(found.find("scikit-learn", "0.21.3", "sklearn.svm._classes:SVC") == Answer::lacks);
    CHECK(found.find("scikit-learn", "0.22", "sklearn.svm._classes:SVC") == Answer::has);
    CHECK(found.find("scikit-learn", "0.24.2", "sklearn.svm.classes:SVC") == Answer::lacks);
    CHECK(found.find("numpy", "1.25.2", "numpy._core.multiarray:_reconstruct") == Answer::lacks);
    CHECK(found.find("numpy", "1.26.4", "numpy._core.multiarray:_reconstruct") == Answer::has);  // it looks ahead
    CHECK(found.find("numpy", "2.1.3", "numpy._core.multiarray:_reconstruct") == Answer::has);
    CHECK(found.find("numpy", "2.1.3", "numpy.core.multiarray:_reconstruct") == Answer::has);
    CHECK(found.find("scipy", "1.7.3", "scipy.sparse._csr:csr_matrix") == Answer::lacks);
    CHECK(found.find("scipy", "1.8.1", "scipy.sparse._csr:csr_matrix") == Answer::has);
    CHECK(found.find("joblib", "1.1.1", "joblib.numpy_pickle:NumpyArrayWrapper") == Answer::has);
    CHECK(found.package_of("_loss") == "scikit-learn");
    CHECK(found.find("scikit-learn", "1.8.0", "_loss:CyHalfSquaredError") == Answer::has);
    CHECK(found.find("scikit-learn", "1.9.1", "_loss:CyHalfSquaredError") == Answer::lacks);
    CHECK(found.releases("scikit-learn").front() == "0.20.0");
}

}  // namespace assay::test
