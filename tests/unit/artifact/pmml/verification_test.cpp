#include "artifact/pmml/verification.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace assay::test {

namespace {

/// A regression of two fields with rows of its own.
std::string document_with_rows(std::string_view rows, std::string_view fields = R"(<VerificationField field="x" column="data:x"/>
    <VerificationField field="word"/><VerificationField field="y" precision="1E-9" zeroThreshold="1E-12"/>)") {
    return std::string(R"(<?xml version="1.0"?><PMML xmlns="http://www.dmg.org/PMML-4_4" xmlns:data="urn:data" version="4.4">
      <DataDictionary><DataField name="x" optype="continuous" dataType="double"/><DataField name="word" optype="categorical" dataType="string"/>
        <DataField name="y" optype="continuous" dataType="double"/></DataDictionary>
      <RegressionModel functionName="regression"><MiningSchema><MiningField name="y" usageType="target"/><MiningField name="x"/>
        <MiningField name="word" usageType="active"/></MiningSchema>
      <ModelVerification><VerificationFields>)") +
           std::string(fields) + "</VerificationFields><InlineTable>" + std::string(rows) +
           "</InlineTable></ModelVerification></RegressionModel></PMML>";
}

}  // namespace

TEST_CASE("the rows and answers of a ModelVerification are a sample, with the tolerance of the answers") {
    const auto sample = verification_of_pmml(
        document_with_rows("<row><data:x>1.5</data:x><word>red</word><y>2.25</y></row><row><word>blue</word><y>-1</y></row>"));
    REQUIRE(sample);
    CHECK(sample->rows == 2);
    const auto& columns = std::get<SampleTable>(sample->input).columns;
    REQUIRE(columns.size() == 2);
    CHECK(columns[0].name == "x");
    CHECK(std::get<std::vector<double>>(columns[0].array.values)[0] == 1.5);
    CHECK(std::isnan(std::get<std::vector<double>>(columns[0].array.values)[1]));
    CHECK(std::get<std::vector<std::string>>(columns[1].array.values) == std::vector<std::string>{"red", "blue"});
    CHECK(std::get<std::vector<double>>(sample->outputs.at("predict").values) == std::vector<double>{2.25, -1});
    CHECK(sample->tolerance.rel == 1e-9);
    CHECK(sample->tolerance.abs == 1e-12);
}

TEST_CASE("without rows, without answers, and of what is no PMML there is no sample") {
    CHECK_FALSE(verification_of_pmml(document_with_rows("")));
    CHECK_FALSE(
        verification_of_pmml(document_with_rows("<row><data:x>1</data:x></row>", R"(<VerificationField field="x" column="data:x"/>)")));
    CHECK_FALSE(verification_of_pmml(document_with_rows("<row><data:x>1</data:x><y>high</y></row>")));
    CHECK_FALSE(verification_of_pmml("<PMML/>"));
    CHECK_FALSE(verification_of_pmml("<PMML"));
    CHECK_FALSE(verification_of_pmml(""));
}

}  // namespace assay::test
