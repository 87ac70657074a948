#include "clients/cli/dvc_project.hpp"

#include "base/md5.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace assay::test {

namespace {

namespace fs = std::filesystem;

struct Project {
    TempDir place;
    std::vector<std::string> skipped;

    void write(const std::string& path, std::string_view text) const {
        const fs::path file = fs::path(place.path()) / path;
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
    }
    /// Into the cache, of DVC 3; the MD5.
    [[nodiscard]] std::string cache(std::string_view text, const std::string& layout = ".dvc/cache/files/md5",
                                    const std::string& behind = "") const {
        write("new", text);
        const std::string md5 = must(md5_of_file(place / "new"));
        write(layout + "/" + md5.substr(0, 2) + "/" + md5.substr(2) + behind, text);
        fs::remove(place / "new");
        return md5 + behind;
    }
    DvcProject read() {
        return DvcProject::read(
            place.path(), [&](const std::string& what, const std::string&) { skipped.push_back(fs::path(what).filename().string()); });
    }
};

}  // namespace

TEST_CASE("stages are read of either schema of dvc.lock, with params of any depth") {
    Project project;
    project.write("dvc.lock",
                  "train:\n  cmd: python train.py\n  outs:\n  - path: m.pkl\n    md5: aa\n  params:\n    params.yaml:\n      a:\n        "
                  "b: 1\n      c: [1, 2]\n");
    const DvcProject old = project.read();
    REQUIRE(old.stages().size() == 1);
    CHECK(old.stages()[0].command == "python train.py");
    CHECK(old.stages()[0].params == Json{{"a.b", "1"}, {"c", R"(["1","2"])"}});
    project.write("dvc.lock", "schema: '2.0'\nstages:\n  train@1:\n    cmd: x\n");
    project.write("dvc.yaml",
                  "stages:\n  train:\n    foreach: [1, 2]\n    do:\n      cmd: x\n      metrics:\n      - a.json:\n          cache: "
                  "false\nmetrics: [b.json]\n");
    const DvcProject now = project.read();
    CHECK(now.stages()[0].metrics == std::vector<std::string>{"a.json"});
    CHECK(now.metrics() == std::vector<std::string>{"b.json"});
    CHECK(project.skipped.empty());
}

TEST_CASE("bytes are those that were recorded, of the working folder, the cache or a configured cache") {
    Project project;
    fs::create_directories(project.place / ".dvc");
    project.write("a.pkl", "here");
    CHECK(must(project.read().bytes_of({"a.pkl", must(md5_of_file(project.place / "a.pkl"))})) == fs::path(project.place.path()) / "a.pkl");
    const std::string cached = project.cache("cached");
    CHECK(project.read().bytes_of({"a.pkl", cached}));
    const std::string other = project.cache("elsewhere", "shared");
    CHECK(project.read().bytes_of({"a.pkl", other}).error().code == "dvc-pull");
    project.write(".dvc/config", "[core]\n    dir = /nowhere\n[cache]\n    dir = ../shared\n");
    CHECK(project.read().bytes_of({"a.pkl", other}));
    // A cache whose bytes are others does not count.
    project.write(".dvc/cache/files/md5/" + cached.substr(0, 2) + "/" + cached.substr(2), "changed");
    CHECK(!project.read().bytes_of({"b.pkl", cached}));
}

TEST_CASE("the files of a folder are those of its list in the cache") {
    Project project;
    fs::create_directories(project.place / ".dvc");
    const std::string file = project.cache("a model");
    const std::string list = project.cache(R"([{"md5":")" + file + R"(","relpath":"sub/m.pkl"}])", ".dvc/cache/files/md5", ".dir");
    const auto files = must(project.read().files_of({"models", list}));
    REQUIRE(files.size() == 1);
    CHECK(files[0].path == "models/sub/m.pkl");
    CHECK(files[0].md5 == file);
    CHECK(project.read().files_of({"models", std::string(32, '0') + ".dir"}).error().code == "dvc-pull");
}

TEST_CASE("an MD5 that is none is never a path") {
    Project project;
    fs::create_directories(project.place / ".dvc/cache");
    project.write(".dvc/secret", "x");
    for (const char* md5 : {"", "..", "../secret", "../../../../../../../../../../etc/passwd", "aa/../../../secret/../../../../../../"})
        CHECK(!project.read().bytes_of({"a", md5}));
}

TEST_CASE("what cannot be read is told, and the rest is there") {
    Project project;
    project.write("dvc.lock", "stages: [");
    project.write("dvc.yaml", "a: &x 1\nb: *x\n");
    project.write("a.pkl.dvc", "- 1\n");
    project.write("b.pkl.dvc", "outs:\n- md5: aa\n  path: b.pkl\n");
    const DvcProject read = project.read();
    CHECK(project.skipped == std::vector<std::string>{"dvc.lock", "a.pkl.dvc", "dvc.yaml"});
    REQUIRE(read.stages().size() == 1);
    CHECK(read.stages()[0].recorded_in == "b.pkl.dvc");
    CHECK(dvc_folders(project.place.path()).size() == 1);
}

}  // namespace assay::test
