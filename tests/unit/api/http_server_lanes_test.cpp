#include "api/http_server_lanes.hpp"

#include "api/http_server_connection.hpp"
#include "tests/support/http_test_server.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>

namespace assay::test {

TEST_CASE("a lane runs no more at once than it has threads, queues no more than it may, and turns the rest away") {
    std::atomic<std::int64_t> queued = 0;
    std::array<ClientConnection, 5> connections;
    Door door;
    std::mutex mutex;
    std::set<ClientConnection*> ran;
    LanePool lane(2, 2, queued, [&](ClientConnection& connection) {
        door.pass();
        const std::scoped_lock lock(mutex);
        ran.insert(&connection);
    });
    CHECK(lane.submit(connections[0]));
    CHECK(lane.submit(connections[1]));
    door.wait_for_visitors(2);  // both threads are taken
    CHECK(lane.submit(connections[2]));
    CHECK(lane.submit(connections[3]));
    CHECK(queued == 2);
    CHECK(!lane.submit(connections[4]));
    CHECK(queued == 2);
    door.open();
    lane.finish();
    CHECK(queued == 0);
    CHECK(ran == std::set<ClientConnection*>{&connections[0], &connections[1], &connections[2], &connections[3]});
}

TEST_CASE("a lane that is finished takes nothing more, and finishing twice does no harm") {
    std::atomic<std::int64_t> queued = 0;
    ClientConnection connection;
    int runs = 0;
    LanePool lane(1, 10, queued, [&](ClientConnection&) { ++runs; });
    CHECK(lane.submit(connection));
    lane.finish();
    CHECK(runs == 1);
    CHECK(!lane.submit(connection));
    lane.finish();
    CHECK(runs == 1);
}

TEST_CASE("one thread takes what is queued in the order it came") {
    std::atomic<std::int64_t> queued = 0;
    std::array<ClientConnection, 20> connections;
    std::vector<ClientConnection*> ran;
    std::vector<ClientConnection*> expected;
    LanePool lane(1, 20, queued, [&](ClientConnection& connection) { ran.push_back(&connection); });
    for (ClientConnection& connection : connections) {
        expected.push_back(&connection);
        REQUIRE(lane.submit(connection));
    }
    lane.finish();
    CHECK(ran == expected);
}

}  // namespace assay::test
