#include "registry/lock_file.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

namespace {

LockFile two_models() {
    LockFile lock{"http://127.0.0.1:8080", {}};
    lock.set({"penguins", "@production", 3, sha256("p"), {{"model.joblib", 18233, sha256("b")}, {"data/a.csv", 0, sha256("a")}},
              {{"scikit-learn", "1.7.2"}, {"python", "3.11.7"}, {"odd.name", "1"}}, "model"});
    lock.set({"churn \"x\"", "@3", 3, sha256("c"), {{"model.pkl", 1, sha256("d")}}, {}, std::nullopt});
    return lock;
}

}  // namespace

TEST_CASE("a lock file has one spelling: sorted, without the time of day") {
    const std::string expected = "version = 1\nregistry = \"http://127.0.0.1:8080\"\n"
                                 "\n[[model]]\nname = \"churn \\\"x\\\"\"\nrequested = \"@3\"\nversion = 3\ndigest = \"" + sha256("c").to_string() + "\"\n"
                                 "files = [{ path = \"model.pkl\", size = 1, digest = \"" + sha256("d").to_string() + "\" }]\n"
                                 "\n[[model]]\nname = \"penguins\"\nrequested = \"@production\"\nversion = 3\ndigest = \"" + sha256("p").to_string() + "\"\n"
                                 "files = [{ path = \"data/a.csv\", size = 0, digest = \"" + sha256("a").to_string() + "\" }, "
                                 "{ path = \"model.joblib\", size = 18233, digest = \"" + sha256("b").to_string() + "\" }]\n"
                                 "environment = { \"odd.name\" = \"1\", python = \"3.11.7\", scikit-learn = \"1.7.2\" }\npath = \"model\"\n";
    CHECK(to_text(two_models()) == expected);
}

TEST_CASE("a lock file that is read and written again is the same, byte for byte") {
    const std::string text = to_text(two_models());
    CHECK(to_text(must(parse_lock_file(text))) == text);
    CHECK(must(parse_lock_file(text)).find("penguins", "@production")->path == "model");
    CHECK(must(parse_lock_file(text)).find("penguins", "@3") == nullptr);
}

TEST_CASE("setting an entry replaces the one with the same name and request") {
    LockFile lock = two_models();
    lock.set({"penguins", "@production", 4, sha256("n"), {}, {}, std::nullopt});
    CHECK(lock.models.size() == 2);
    CHECK(lock.find("penguins", "@production")->version == 4);
}

TEST_CASE("a lock file that is not exactly right is refused with the field named") {
    const std::string good = to_text(two_models());
    const auto with = [&](std::string_view from, std::string_view to) {
        std::string text = good;
        const std::size_t at = text.find(from);
        REQUIRE(at != std::string::npos);
        return text.replace(at, from.size(), to);
    };
    CHECK(error_of(parse_lock_file(with("version = 1", "version = 2"))).code == "lock-too-new");
    CHECK(error_of(parse_lock_file(with("version = 1", "version = 0"))).code == "invalid-lock");
    CHECK(error_of(parse_lock_file(with("version = 1\n", ""))).code == "invalid-lock");
    CHECK(error_of(parse_lock_file(with("path = \"model\"", "path = \"model\"\nextra = 1"))).problems.at(0).field == "model[1].extra");
    CHECK(error_of(parse_lock_file(with("data/a.csv", "../a.csv"))).problems.at(0).field == "model[1].files[0].path");
    CHECK(error_of(parse_lock_file(with("data/a.csv", "model.joblib"))).problems.at(0).message == "is there twice");
    CHECK(error_of(parse_lock_file(with("size = 0", "size = -1"))).problems.at(0).field == "model[1].files[0].size");
    CHECK(error_of(parse_lock_file(with("requested = \"@3\"", "requested = \"3\""))).problems.at(0).field == "model[0].requested");
    CHECK(error_of(parse_lock_file(with("version = 3", "version = 0"))).problems.at(0).field == "model[0].version");
    CHECK(error_of(parse_lock_file(with("sha256:", "sha512:"))).problems.at(0).field == "model[0].digest");
    CHECK(error_of(parse_lock_file(good + good.substr(good.find("\n[[model]]")))).problems.at(0).message.find("twice") != std::string::npos);
    CHECK(error_of(parse_lock_file("not toml")).code == "invalid-toml");
}

}  // namespace assay::test
