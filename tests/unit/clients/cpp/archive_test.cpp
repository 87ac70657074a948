#include "clients/cpp/archive.hpp"

#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_registry.hpp"

#include <filesystem>
#include <functional>

namespace assay::test {

namespace {

Archive a_model() {
    Archive archive("example.model/1");
    archive.put_number("intercept", 0.5);
    archive.put_integer("seed", INT64_MIN);
    archive.put_text("title", "caf\xc3\xa9");
    archive.put_texts("classes", {"a", "", "c"});
    archive.put_vector("means", Eigen::Vector3d(1, 2, 3));
    archive.put_matrix("weights", (Eigen::MatrixXd(2, 3) << 1, 2, 3, 4, 5, 6).finished());
    return archive;
}

std::string problem_with(const Archive& archive, const std::function<void(ArchiveReader&)>& read) {
    ArchiveReader reader(archive, archive.schema());
    read(reader);
    return error_of(reader.finish()).because;
}

}  // namespace

TEST_CASE("what was put into an archive is taken out again") {
    const Archive archive = a_model();
    ArchiveReader reader(archive, "example.model/1");
    CHECK(reader.number("intercept") == 0.5);
    CHECK(reader.integer("seed") == INT64_MIN);
    CHECK(reader.text("title") == "caf\xc3\xa9");
    CHECK(reader.texts("classes") == std::vector<std::string>{"a", "", "c"});
    CHECK(reader.vector("means", 3) == Eigen::Vector3d(1, 2, 3));
    CHECK(reader.matrix("weights", 2, 3) == (Eigen::MatrixXd(2, 3) << 1, 2, 3, 4, 5, 6).finished());
    must(reader.finish());
}

TEST_CASE("any expression of doubles can be archived, rows as vectors too, and nothing is as good as something") {
    Archive archive("x/1");
    const Eigen::MatrixXd matrix = Eigen::MatrixXd::Random(3, 4);
    archive.put_matrix("product", matrix.transpose() * matrix);
    archive.put_vector("row", matrix.row(1));
    archive.put_matrix("none", Eigen::MatrixXd(0, 4));
    ArchiveReader reader(archive, "x/1");
    CHECK(reader.matrix("product") == Eigen::MatrixXd(matrix.transpose() * matrix));
    CHECK(reader.vector("row") == Eigen::VectorXd(matrix.row(1)));
    CHECK(reader.matrix("none", 0, 4).cols() == 4);
    must(reader.finish());
}

TEST_CASE("a model reads what it knows, in the shapes that go together, or is told the first that is wrong") {
    const Archive archive = a_model();
    CHECK(problem_with(archive, [](ArchiveReader& reader) { (void)reader.number("slope"); }) == "it has no 'slope'");
    CHECK(problem_with(archive, [](ArchiveReader& reader) { (void)reader.number("title"); }) == "'title' is a text, not a number");
    CHECK(problem_with(archive, [](ArchiveReader& reader) { (void)reader.integer("intercept"); }) ==
          "'intercept' is a number, not an integer");
    CHECK(problem_with(archive, [](ArchiveReader& reader) { (void)reader.matrix("means"); }) == "'means' is a vector of 3, not a matrix");
    CHECK(problem_with(archive, [](ArchiveReader& reader) { (void)reader.vector("weights"); }) ==
          "'weights' is a matrix of 2 x 3, not a vector");
    CHECK(problem_with(archive, [](ArchiveReader& reader) { CHECK(reader.vector("means", 4).size() == 0); }) ==
          "'means' is a vector of 3, not a vector of 4");
    CHECK(problem_with(archive, [](ArchiveReader& reader) { CHECK(reader.matrix("weights", 2, 2).size() == 0); }) ==
          "'weights' is a matrix of 2 x 3, not a matrix of 2 x 2");
    CHECK(problem_with(archive, [](ArchiveReader& reader) { reader.require(false, "its own reason"); }) == "its own reason");
    CHECK(problem_with(archive, [](ArchiveReader&) {}) == "nothing here knows its 'classes': a later program has written it");
    ArchiveReader other(archive, "example.model/2");
    CHECK(error_of(other.finish()).because == "it is a 'example.model/1', not a 'example.model/2'");
}

TEST_CASE("an archive on disk is the bytes of the archive, or what was there before") {
    const TempDir folder;
    must(write_archive(folder / "model.assay", a_model()));
    CHECK(read_file(folder / "model.assay") == must(to_bytes(a_model())));
    Archive bad("x/1");
    bad.put_text("broken", "\xff");
    CHECK(error_of(write_archive(folder / "model.assay", bad)).code == "invalid-archive");
    CHECK(read_file(folder / "model.assay") == must(to_bytes(a_model())));
}

}  // namespace assay::test
