#include "artifact/pmml/pmml.hpp"

#include "tests/support/inspected.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

using Codes = std::vector<std::string>;

std::string document(const std::string& body) {
    return R"(<?xml version="1.0"?><PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
      <Header><Application name="SkLearn2PMML package" version="0.133.1"/><Timestamp>2026-01-01T00:00:00Z</Timestamp></Header>
      <DataDictionary><DataField name="species" optype="categorical" dataType="string"><Value value="a"/><Value value="b"/></DataField>
        <DataField name="length" optype="continuous" dataType="double"/></DataDictionary>)" +
           body + "</PMML>";
}

const std::string tree = R"(<TreeModel functionName="classification"><MiningSchema><MiningField name="species" usageType="target"/>
    <MiningField name="length"/></MiningSchema><ModelVerification><InlineTable><row/><row/></InlineTable></ModelVerification>
    <Node><True/></Node></TreeModel>)";

}  // namespace

TEST_CASE("a PMML document shows its model, its fields and who wrote it") {
    const Inspection inspection = inspected(document(tree), "m.pmml");
    CHECK(inspection.format == "pmml");
    CHECK(inspection.complete);
    CHECK(inspection.oddities.empty());
    CHECK(inspection.details["version"] == "4.4");
    CHECK(inspection.details["model"] == "TreeModel");
    CHECK(inspection.details["function"] == "classification");
    CHECK(inspection.details["target"] == "species");
    CHECK(inspection.details["fields"][1]["type"] == "double");
    CHECK(inspection.details["verification"]["rows"] == 2);
    CHECK(inspection.feature_names == Codes{"length"});
    CHECK(inspection.classes == Json({"a", "b"}));
    CHECK(inspection.releases.at(0).release == "0.133.1");
}

TEST_CASE("a document type, other functions and what is no XML are told") {
    CHECK(codes(inspected("<!DOCTYPE PMML [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><PMML>&a;</PMML>")) == Codes{"xml-doctype"});
    CHECK(codes(inspected(document(R"(<TransformationDictionary><Apply function="java.lang.Runtime"/></TransformationDictionary>)"))) ==
          Codes{"custom-operator"});
    CHECK(codes(inspected(document(R"(<TransformationDictionary><Apply function="log10"/></TransformationDictionary>)"))).empty());
    CHECK(codes(inspected("<PMML><Header></PMML>")) == Codes{"invalid-xml"});
}

TEST_CASE("elements may be nested as deep as decision trees are, and no deeper") {
    const auto nested = [](int depth) {
        std::string open;
        std::string close;
        for (int i = 0; i < depth; ++i) {
            open += "<Node>";
            close += "</Node>";
        }
        return codes(inspected(document(open + close)));
    };
    CHECK(nested(1000).empty());
    CHECK(nested(6000) == Codes{"limit-depth"});
}

}  // namespace assay::test
