#include "registry/trust.hpp"

#include "base/text.hpp"
#include "tests/support/test_registry.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

constexpr const char* own_code_pickle = "cchurn_lib\nRatio\n(tR.";
constexpr const char* shell_pickle = "cposix\nsystem\n(Vecho hello\ntR.";

VersionState state_of(TestRegistry& registry, const std::string& ref) { return registry.show("churn", ref).row.state; }

}  // namespace

TEST_CASE("a version that would run code nobody has judged waits, and is handed out once somebody trusts it") {
    TestRegistry registry;
    CHECK(registry.push(a_push().with_artifact(own_code_pickle)).row.state == VersionState::quarantined);
    const auto refused = registry.try_read("churn", "1");
    REQUIRE(!refused);
    CHECK(refused.error().kind == ErrorKind::unsafe);
    CHECK(refused.error().code == "version-quarantined");
    CHECK(refused.error().problems.front().message.find("churn_lib.Ratio") != std::string::npos);
    CHECK(refused.error().details.find("needs-trust") != std::string::npos);
    CHECK(join(refused.error().fixes, "\n").find("assay trust churn@1") != std::string::npos);
    const auto newest = registry.try_read("churn", "@latest");
    REQUIRE(!newest);
    CHECK(newest.error().because == "churn@1 is quarantined");
    CHECK(must(trust_version(registry, "churn", version_ref("1"), "reviewed", "ann@lab")).row.state == VersionState::ready);
    CHECK(must(registry.try_read("churn", "1")) == own_code_pickle);
    CHECK(registry.ask("SELECT after || ' by ' || actor FROM history WHERE kind = 'trusted'") == "reviewed by ann@lab");
}

TEST_CASE("what is dangerous is not registered, and nothing of it is") {
    TestRegistry registry;
    const auto pushed = registry.try_push(a_push().with_artifact(shell_pickle));
    REQUIRE(!pushed);
    CHECK(pushed.error().code == "unsafe-artifact");
    CHECK(registry.ask("SELECT count(*) FROM versions") == "0");
}

TEST_CASE("a policy keeps what is dangerous in quarantine, where no trust reaches it") {
    Policy policy;
    policy.quarantine_dangerous = true;
    TestRegistry registry(Blobs::in_memory, policy);
    CHECK(registry.push(a_push().with_artifact(shell_pickle)).row.state == VersionState::quarantined);
    const auto trusted = trust_version(registry, "churn", version_ref("1"), "I know what I do", "ann@lab");
    REQUIRE(!trusted);
    CHECK(trusted.error().kind == ErrorKind::unsafe);
    const auto refused = registry.try_read("churn", "1");
    REQUIRE(!refused);
    CHECK(refused.error().message == "churn@1 is quarantined: it is dangerous, and never handed out");
    CHECK(join(refused.error().fixes, "\n").find("assay trust") == std::string::npos);
    CHECK(state_of(registry, "1") == VersionState::quarantined);
}

TEST_CASE("a policy that accepts what needs trust hands it out at once") {
    Policy policy;
    policy.accept = Safety::needs_trust;
    TestRegistry registry(Blobs::in_memory, policy);
    CHECK(registry.push(a_push().with_artifact(own_code_pickle)).row.state == VersionState::ready);
}

TEST_CASE("a push that waits cannot take an alias with it") {
    TestRegistry registry;
    const auto pushed = registry.try_push(a_push().with_artifact(own_code_pickle).with_alias("production"));
    REQUIRE(!pushed);
    CHECK(pushed.error().code == "version-waits");
}

TEST_CASE("a version that is deleted and brought back waits as before, and one that was trusted does not") {
    TestRegistry registry;
    registry.push(a_push().with_artifact(own_code_pickle));
    registry.execute("UPDATE versions SET state = 'deleted'");
    registry.undelete("churn", "1");
    CHECK(state_of(registry, "1") == VersionState::quarantined);
    (void)must(trust_version(registry, "churn", version_ref("1"), "reviewed", "ann@lab"));
    registry.remove("churn", "1");
    registry.undelete("churn", "1");
    CHECK(state_of(registry, "1") == VersionState::ready);
}

TEST_CASE("nothing is trusted that does not wait, and not without a reason") {
    TestRegistry registry;
    registry.push(a_push());
    CHECK(trust_version(registry, "churn", version_ref("1"), "why not", "ann@lab").error().code == "nothing-to-trust");
    registry.push(a_push().with_artifact(own_code_pickle));
    CHECK(trust_version(registry, "churn", version_ref("2"), "  ", "ann@lab").error().code == "invalid-trust");
    CHECK(trust_version(registry, "churn", version_ref("2"), std::string(1001, 'x'), "ann@lab").error().code == "invalid-trust");
}

TEST_CASE("judged anew, a version that turns out to need trust waits, and one that turns out safe is handed out") {
    TestRegistry registry;
    registry.push(a_push().with_artifact(own_code_pickle));
    // As an upgrade of the lists would: another verdict than the one it was registered with.
    registry.execute("UPDATE inspections SET verdict = 'model', reasons = '[]'");
    const Reinspected released = must(reinspect_version(registry, "churn", version_ref("1"), "cron@host"));
    CHECK(released.before == VersionState::quarantined);
    CHECK(released.row.state == VersionState::ready);
    registry.execute("UPDATE inspections SET lists = 'sha256:older'");
    const Reinspected caught = must(reinspect_version(registry, "churn", version_ref("1"), "cron@host"));
    CHECK(caught.before == VersionState::ready);
    CHECK(state_of(registry, "1") == VersionState::quarantined);
    CHECK(registry.ask("SELECT group_concat(kind, ' ') FROM history WHERE actor = 'cron@host'") == "released quarantined");
}

TEST_CASE("judged anew, a version's needs are recorded anew") {
    TestRegistry registry;
    registry.push(a_push());
    const std::string needs = registry.ask("SELECT body FROM needs");
    registry.execute("UPDATE needs SET body = '{\"libraries\":{},\"uses\":[]}'");
    (void)must(reinspect_version(registry, "churn", version_ref("1"), "cron@host"));
    CHECK(registry.ask("SELECT n.body FROM version_needs v JOIN needs n ON n.id = v.needs") == needs);
}

}  // namespace assay::test
