#include "registry/safety_lists.hpp"

#include "tests/support/result.hpp"

#include <array>
#include <string>

namespace assay::test {

namespace {

Result<SafetyLists> lists(std::string_view text) { return SafetyLists::parse(std::array{EmbeddedFile{"list.txt", text}}); }

}  // namespace

TEST_CASE("the lists in the binary can be read, and hold what scikit-learn writes") {
    const SafetyLists builtin = must(SafetyLists::builtin());
    CHECK(builtin.size() > 2'000);
    CHECK(builtin.find_class("sklearn.pipeline:Pipeline") != nullptr);
    CHECK(!builtin.callables("numpy:dtype").empty());
    CHECK(builtin.is_function("numpy:log1p"));
    CHECK(builtin.danger("posix:system"));
}

TEST_CASE("no name is listed as harmless that is listed as dangerous for itself") {
    const SafetyLists builtin = must(SafetyLists::builtin());
    for (const char* name : {"posix:system", "builtins:eval", "builtins:exec", "subprocess:Popen", "pickle:loads",
                             "joblib.numpy_pickle:NDArrayWrapper", "numpy:memmap", "importlib:import_module"}) {
        CAPTURE(name);
        CHECK(builtin.find_class(name) == nullptr);
        CHECK(builtin.callables(name).empty());
        CHECK(!builtin.is_function(name));
        CHECK(!builtin.is_type(name));
    }
}

TEST_CASE("an entry says its kind, its name, and what it may be given") {
    const SafetyLists read =
        must(lists("# a comment\nclass a:C\nclass a:D state=any args=(int)\ncallable a:f (int, str*) state=none # why\ncallable a:f fold\n"
                   "function a:g\ntype a:T\ndangerous os:* reaches the system\n"));
    REQUIRE(read.find_class("a:C") != nullptr);
    CHECK(read.find_class("a:C")->state == SafetyLists::State::dict);
    CHECK(read.find_class("a:D")->state == SafetyLists::State::any);
    CHECK(read.find_class("a:D")->arguments.has_value());
    REQUIRE(read.callables("a:f").size() == 2);
    CHECK(read.callables("a:f")[0].state == SafetyLists::State::none);
    CHECK(read.callables("a:f")[1].fold);
    CHECK(read.is_function("a:g"));
    CHECK(read.is_type("a:T"));
    CHECK(read.danger("os.path:join") == "reaches the system");
    CHECK(!read.danger("oscar:system"));
}

TEST_CASE("a mistake is refused with its line, because a typing error must not open a door") {
    for (const char* text : {"class sklearn.*:Pipeline\n", "clas a:C\n", "class aC\n", "function a:f (int)\n", "callable a:f\n",
                             "class a:C state=all\n", "type :T\n"}) {
        CAPTURE(text);
        const auto read = lists(std::string("# first\n") + text);
        REQUIRE(!read);
        CHECK(read.error().kind == ErrorKind::invalid);
        CHECK(read.error().context.front() == "reading line 2 of list.txt");
    }
}

TEST_CASE("the digest of the lists changes with every byte of them") {
    CHECK(must(lists("class a:C\n")).digest() != must(lists("class a:D\n")).digest());
    CHECK(must(lists("class a:C\n")).digest() == must(lists("class a:C\n")).digest());
}

}  // namespace assay::test
