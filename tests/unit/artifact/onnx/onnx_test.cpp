#include "artifact/onnx/onnx.hpp"

#include "tests/support/inspected.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

using Codes = std::vector<std::string>;

std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>((value & 0x7fU) | 0x80U);
    return bytes + static_cast<char>(value);
}
std::string number(std::uint64_t field, std::uint64_t value) { return varint(field << 3U) + varint(value); }
std::string bytes(std::uint64_t field, const std::string& content) { return varint(field << 3U | 2U) + varint(content.size()) + content; }

std::string node(const std::string& op_type, const std::string& domain = "", const std::string& more = "") {
    return bytes(1, bytes(1, "x") + bytes(2, "y") + bytes(4, op_type) + more + bytes(7, domain));
}
std::string tensor(const std::string& more) { return bytes(5, number(1, 2) + number(1, 3) + number(2, 1) + bytes(8, "w") + more); }
const std::string io = bytes(1, "x") + bytes(2, bytes(1, number(1, 1) + bytes(2, bytes(1, bytes(2, "N")) + bytes(1, number(1, 4)))));

std::string model(const std::string& graph, const std::string& more = "") {
    return number(1, 10) + bytes(2, "skl2onnx") + bytes(3, "1.20.0") + bytes(7, graph + bytes(2, "g") + bytes(11, io)) +
           bytes(8, bytes(1, "") + number(2, 18)) + bytes(14, bytes(1, "key") + bytes(2, "value")) + more;
}

}  // namespace

TEST_CASE("an ONNX model shows who wrote it, its inputs, operators and weights") {
    const Inspection inspection = inspected(model(node("MatMul") + node("MatMul") + tensor(bytes(9, std::string(24, '\0')))));
    CHECK(inspection.format == "onnx");
    CHECK(inspection.complete);
    CHECK(inspection.oddities.empty());
    CHECK(inspection.details["ir_version"] == 10);
    CHECK(inspection.details["opsets"]["ai.onnx"] == 18);
    CHECK(inspection.details["metadata"]["key"] == "value");
    CHECK(inspection.details["graph"] == "g");
    CHECK(inspection.details["inputs"][0]["name"] == "x");
    CHECK(inspection.details["inputs"][0]["type"] == "float32");
    CHECK(inspection.details["inputs"][0]["shape"] == Json({"N", 4}));
    CHECK(inspection.details["operators"][0]["count"] == 2);
    REQUIRE(inspection.arrays.size() == 1);
    CHECK(inspection.arrays[0].path == "w");
    CHECK(inspection.arrays[0].shape == std::vector<std::uint64_t>{2, 3});
    CHECK(inspection.arrays[0].length == 24);
    CHECK(inspection.releases.at(0).package == "skl2onnx");
}

TEST_CASE("a tensor in another file and an operator of another program are told") {
    const Inspection outside = inspected(model(tensor(number(14, 1) + bytes(13, bytes(1, "location") + bytes(2, "../secret")))));
    CHECK(codes(outside) == Codes{"external-file"});
    CHECK(outside.oddities[0].name == "../secret");
    CHECK(codes(inspected(model(node("Foo", "my.ops")))) == Codes{"custom-operator"});
    CHECK(codes(inspected(model(node("PyOp", "com.microsoft")))) == Codes{"custom-operator"});
    CHECK(codes(inspected(model(node("Scaler", "ai.onnx.ml")))).empty());
    CHECK(codes(inspected(model(node("Foo", "my.ops"), bytes(25, bytes(1, "Foo") + bytes(7, node("Add").substr(2)) + bytes(10, "my.ops")))))
              .empty());
}

TEST_CASE("graphs and tensors within attributes are looked into") {
    const std::string inner = bytes(5, bytes(6, node("Foo", "my.ops")));
    CHECK(codes(inspected(model(node("If", "", inner)))) == Codes{"custom-operator"});
    const std::string constant = bytes(5, bytes(5, number(14, 1)));
    CHECK(codes(inspected(model(node("Constant", "", constant)))) == Codes{"external-file"});
}

TEST_CASE("bytes in the place of a number hide nothing") {
    // Read as fields, the bytes would swallow the node that follows.
    const std::string decoy = bytes(1, varint(9U << 3U | 2U) + varint(60));
    CHECK(codes(inspected(number(1, 10) + bytes(2, "p") + decoy + bytes(7, node("Foo", "my.ops")))) == Codes{"custom-operator"});
}

TEST_CASE("what is no such message, or ends early, is told") {
    const std::string good = model(node("Add"));
    CHECK(codes(inspected(good.substr(0, good.size() - 3))) == Codes{"onnx-wire"});
    CHECK(codes(inspected(number(1, 10) + bytes(2, "producer"))) == Codes{"onnx-wire"});
    CHECK(codes(inspected(good + "\x07")) == Codes{"onnx-wire"});
    CHECK(codes(inspected(model(tensor(bytes(9, "short"))))) == Codes{"onnx-tensor"});
    std::string deep = node("Add");
    for (int i = 0; i < 40; ++i) deep = node("If", "", bytes(5, bytes(6, deep)));
    const Codes found = codes(inspected(model(deep)));
    CHECK(std::find(found.begin(), found.end(), "limit-depth") != found.end());
}

}  // namespace assay::test
