// Filters, orders and page tokens of MLflow's searches: what is read has values for its comparisons, and what is refused is refused in
// MLflow's words.
#include "api/mlflow/search.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using assay::Searched;
    using assay::test::require;
    const std::string text(assay::test::text_of(data, size));
    const auto in_their_words = [](const assay::Result<void>& read) {
        require(read || (read.error().code == "INVALID_PARAMETER_VALUE" && !read.error().message.empty()));
    };
    for (const Searched what : {Searched::experiments, Searched::runs, Searched::logged_models, Searched::models, Searched::versions}) {
        assay::TrackingQuery query;
        in_their_words(assay::mlflow::read_search(what, text, {}, query));
        for (const assay::SearchTerm& term : query.terms) {
            const bool unary = term.op == assay::FilterOperator::is_null || term.op == assay::FilterOperator::is_not_null;
            require(unary ? term.values.empty() : !term.values.empty());
        }
        in_their_words(assay::mlflow::read_search(what, "", {text}, query));
        in_their_words(assay::mlflow::read_page(text, 10, query));
    }
    return 0;
}
