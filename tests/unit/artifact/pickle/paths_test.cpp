#include "artifact/pickle/paths.hpp"

#include "tests/support/artifacts.hpp"
#include "tests/support/pickle_bytes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace assay::test {

namespace {

/// The path of the value that the opcode at `offset` made.
std::string path_at(std::string_view bytes, std::uint64_t offset) {
    const ReadPickle read(bytes);
    REQUIRE(read.fault() == "");
    const PicklePaths paths(read.graph, {read.root()});
    for (ValueId id = 0; id < read.graph.size(); ++id) {
        if (read.graph.at(id).offset == offset) return paths.path_of(id);
    }
    return "no value there";
}

/// The path of the only integer 7.
std::string path_of_seven(const Pickle& pickle) {
    const ReadPickle read(pickle);
    REQUIRE(read.fault() == "");
    const PicklePaths paths(read.graph, {read.root()});
    for (ValueId id = 0; id < read.graph.size(); ++id) {
        if (read.graph.is(id, ValueKind::integer) && read.graph.integer(id) == 7) return paths.path_of(id);
    }
    return "no seven";
}

}  // namespace

TEST_CASE("a path leads through containers, attributes and arguments") {
    CHECK(path_of_seven(Pickle().integer(7).stop()) == "");
    CHECK(path_of_seven(Pickle().none().integer(7).tuple2().stop()) == "[1]");
    CHECK(path_of_seven(Pickle().empty_list().empty_list().integer(7).append().append().stop()) == "[0][0]");
    CHECK(path_of_seven(Pickle().empty_dict().text("a b").integer(7).set_item().stop()) == "['a b']");
    CHECK(path_of_seven(Pickle().empty_dict().integer(3).integer(7).set_item().stop()) == "[3]");
    CHECK(path_of_seven(Pickle().empty_dict().integer(7).none().set_item().stop()) == "[a key]");
    CHECK(path_of_seven(Pickle().empty_dict().none().integer(7).set_item().stop()) == "[…]");
    CHECK(path_of_seven(Pickle().object("m", "C").empty_dict().text("a").integer(7).set_item().build().stop()) == "a");
    CHECK(path_of_seven(Pickle().object("m", "C").empty_dict().text("a b").integer(7).set_item().build().stop()) == "['a b']");
    CHECK(path_of_seven(Pickle().global("m", "f").integer(7).tuple1().reduce().stop()) == "args[0]");
    CHECK(path_of_seven(Pickle().global("m", "D").empty_tuple().reduce().text("k").integer(7).set_item().stop()) == "['k']");
    CHECK(path_of_seven(Pickle().global("m", "L").empty_tuple().reduce().integer(7).append().stop()) == "[0]");
    const std::string steps = path_of_seven(Pickle()
                                                .object("m", "Pipeline")
                                                .empty_dict()
                                                .text("steps")
                                                .empty_list()
                                                .text("scale")
                                                .object("m", "Scaler")
                                                .empty_dict()
                                                .text("mean_")
                                                .integer(7)
                                                .set_item()
                                                .build()
                                                .tuple2()
                                                .append()
                                                .set_item()
                                                .build()
                                                .stop());
    CHECK(steps == "steps[0][1].mean_");
}

TEST_CASE("a value in several places has the path nearest to the root, one that is dropped has none") {
    CHECK(path_of_seven(Pickle().empty_list().integer(7).put(1).tuple1().tuple1().append().get(1).append().stop()) == "[1]");
    const Pickle dropped = Pickle().integer(7).pop().none().stop();
    CHECK(path_of_seven(dropped) == "(dropped)");
    const ReadPickle read(dropped);
    const PicklePaths paths(read.graph, {read.root()});
    CHECK(paths.reached(read.root()));
    CHECK_FALSE(paths.reached(0));
    CHECK_FALSE(paths.reached(1000));
    CHECK(path_at(Pickle().empty_list().put(0).get(0).append().stop(), 0) == "");  // a list that holds itself
}

TEST_CASE("a long path is cut at its front, and what a key says is safe to print") {
    std::string deep(500, ']');
    deep += "J\x07" + std::string(3, '\0') + std::string(500, 'a') + ".";
    const std::string path = path_of_seven(Pickle().raw(deep));
    CHECK(path.starts_with("…[0]"));
    CHECK(path.size() < 300);
    const std::string key = path_of_seven(Pickle().empty_dict().text("a\x1b[31m\n'").integer(7).set_item().stop());
    CHECK(key.find('\x1b') == std::string::npos);
    CHECK(key.find('\n') == std::string::npos);
    CHECK(path_of_seven(Pickle().empty_dict().text(std::string(5000, 'k')).integer(7).set_item().stop()).size() < 100);
}

}  // namespace assay::test
