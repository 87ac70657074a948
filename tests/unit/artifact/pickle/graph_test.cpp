#include "artifact/pickle/graph.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace assay::test {

TEST_CASE("numbers keep their 64 bits") {
    PickleGraph graph{InspectLimits{}};
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::max(), std::int64_t{1} << 32U}) {
        CHECK(graph.integer(graph.add_integer(value, 0)) == value);
    }
    for (const double value : {0.1, -0.0, std::numeric_limits<double>::infinity()}) CHECK(graph.real(graph.add_real(value, 0)) == value);
    CHECK(graph.at(graph.add(ValueKind::none, 77)).offset == 77);
    CHECK_FALSE(graph.is(no_value, ValueKind::none));
}

TEST_CASE("only the first bytes of a text are kept, and all are counted") {
    InspectLimits limits;
    limits.max_kept_text = 4;
    PickleGraph graph(limits);
    const ValueId text = graph.add_text(ValueKind::text, "p\xc3\xa9nguin", 3);
    CHECK(graph.text(text) == "p\xc3\xa9n");
    CHECK(graph.text_info(text).length == 8);
    CHECK(graph.text_info(text).characters == 7);
    CHECK_FALSE(graph.whole(text));
    const ValueId bytes = graph.add_text(ValueKind::bytes, "\xc3\xa9", 0);
    CHECK(graph.text_info(bytes).characters == 2);
    CHECK(graph.whole(bytes));

    graph.begin_text(9);
    graph.append_text("ab");
    graph.append_text("cdef");
    graph.count_text(100);
    const ValueId fed = graph.add_fed_text(ValueKind::bytes, 8);
    CHECK(graph.text(fed) == "abcd");
    CHECK(graph.text_info(fed).length == 106);
    CHECK(graph.text_info(fed).offset == 9);
    CHECK(graph.at(fed).offset == 8);
}

TEST_CASE("containers hold their children in order, and empty ones cost nothing of their own") {
    PickleGraph graph{InspectLimits{}};
    const ValueId first = graph.add_container(ValueKind::list, 0);
    const ValueId second = graph.add_container(ValueKind::list, 1);
    graph.append(first, second);
    graph.append(second, first);  // a cycle
    graph.append(first, first);
    CHECK(graph.children(first) == std::vector<ValueId>{second, first});
    CHECK(graph.children(second) == std::vector<ValueId>{first});
    CHECK(graph.children(first, 1) == std::vector<ValueId>{second});
    CHECK(graph.child_count(first) == 2);
    CHECK(graph.child_count(graph.add_container(ValueKind::tuple, 2)) == 0);
}

TEST_CASE("a call keeps what is done to its result") {
    PickleGraph graph{InspectLimits{}};
    const ValueId callable = graph.add_global("collections", "OrderedDict", "", 0);
    const ValueId arguments = graph.add_container(ValueKind::tuple, 1);
    const ValueId call = graph.add_call({.callable = callable, .arguments = arguments}, 2);
    const ValueId key = graph.add_integer(1, 3);
    const ValueId value = graph.add_integer(2, 4);
    graph.append_pair(call, key, value);
    graph.append_item(call, value);
    graph.append_state(call, key);
    CHECK(graph.values(graph.call(call).pairs) == std::vector<ValueId>{key, value});
    CHECK(graph.values(graph.call(call).items) == std::vector<ValueId>{value});
    CHECK(graph.values(graph.call(call).states) == std::vector<ValueId>{key});
    CHECK(graph.global(callable).dotted() == "collections.OrderedDict");
}

TEST_CASE("a graph says when it is full") {
    InspectLimits limits;
    limits.max_values = 3;
    PickleGraph values(limits);
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(values.full());
        values.add(ValueKind::none, 0);
    }
    CHECK(values.full());

    PickleGraph edges(limits);  // one value that a list holds again and again
    const ValueId list = edges.add_container(ValueKind::list, 0);
    for (int i = 0; i < 6; ++i) {
        CHECK_FALSE(edges.full());
        edges.append(list, list);
    }
    CHECK(edges.full());

    limits = {};
    limits.max_kept_texts = 5;
    PickleGraph texts(limits);
    texts.add_text(ValueKind::text, "12345", 0);
    CHECK_FALSE(texts.full());
    texts.add_text(ValueKind::text, "6", 0);
    CHECK(texts.full());
}

TEST_CASE("arrays and their first bytes have limits of their own") {
    InspectLimits limits;
    limits.max_arrays = 1;
    limits.max_array_heads = 4;
    PickleGraph graph(limits);
    const std::uint32_t head = graph.begin_head(4, 10);
    graph.append_text("abcd");
    CHECK(graph.begin_head(1, 20) == no_value);
    const auto array = graph.add_array({.offset = 10, .length = 4, .head = head}, 10);
    REQUIRE(array);
    CHECK(graph.array_head(*array) == "abcd");
    CHECK_FALSE(graph.add_array({}, 20));
    CHECK(graph.array_count() == 1);
}

}  // namespace assay::test
