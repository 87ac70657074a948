#include "api/http_server_lanes.hpp"

#include "api/http_server_connection.hpp"

#include <doctest/doctest.h>

#include <array>

namespace assay::test {

using Entry = RequestLane::Entry;

TEST_CASE("a lane lets in as many as it has slots, queues no more than it may, and turns the rest away") {
    std::atomic<std::int64_t> queued = 0;
    std::array<ClientConnection, 5> connections;
    RequestLane lane(2, 2, queued);
    CHECK(lane.enter(connections[0]) == Entry::entered);
    CHECK(lane.enter(connections[1]) == Entry::entered);
    CHECK(connections[1].entered);
    CHECK(lane.enter(connections[2]) == Entry::queued);
    CHECK(lane.enter(connections[3]) == Entry::queued);
    CHECK(!connections[2].entered);
    CHECK(queued == 2);
    CHECK(lane.enter(connections[4]) == Entry::full);
    CHECK(queued == 2);
}

TEST_CASE("who leaves a lane lets in the one that has waited longest, and its place is free when nobody waits") {
    std::atomic<std::int64_t> queued = 0;
    std::array<ClientConnection, 4> connections;
    RequestLane lane(1, 10, queued);
    REQUIRE(lane.enter(connections[0]) == Entry::entered);
    for (std::size_t i = 1; i < connections.size(); ++i) REQUIRE(lane.enter(connections[i]) == Entry::queued);
    for (std::size_t i = 1; i < connections.size(); ++i) {
        CHECK(lane.leave() == &connections[i]);
        CHECK(connections[i].entered);
        CHECK(queued == static_cast<std::int64_t>(connections.size() - 1 - i));
    }
    CHECK(lane.leave() == nullptr);
    CHECK(lane.enter(connections[0]) == Entry::entered);
}

TEST_CASE("connections leave a line in the order they came, and may come again") {
    std::array<ClientConnection, 3> connections;
    ConnectionLine line;
    CHECK(line.pop() == nullptr);
    for (int round = 0; round < 2; ++round) {
        for (ClientConnection& connection : connections) line.push(connection);
        CHECK(line.size() == 3);
        for (ClientConnection& connection : connections) CHECK(line.pop() == &connection);
        CHECK(line.pop() == nullptr);
        CHECK(line.size() == 0);
    }
}

}  // namespace assay::test
