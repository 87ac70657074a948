#include "registry/proofs.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/views.hpp"
#include "registry/replay.hpp"

namespace assay::v1 {

namespace {

Result<Response> record(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    TRY_ASSIGN(const Proof proof, read_proof(body));
    TRY_ASSIGN(const RecordedProof recorded, record_proof(context.registry, model, ref, proof, actor));
    context.metrics.count("assay_proofs_total", "Smoke tests reported, by outcome.", {{"outcome", proof.outcome}});
    TRY_ASSIGN(const Json answer, view(recorded.row));
    return json_response(recorded.created ? 201 : 200, answer);
}

Result<Response> list(Context& context, Request& request) {
    TRY(allow_query(request, {"limit"}));
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const Page page, page_of(request));
    TRY_ASSIGN(const auto rows, list_proofs(context.registry, model, ref, page.limit));
    Json items = Json::array();
    for (const ProofRow& row : rows) {
        TRY_ASSIGN(Json item, view(row));
        items.push_back(std::move(item));
    }
    return page_response(request, std::move(items), "");
}

/// {"changed_only": true}, or nothing.
Result<bool> read_changed_only(const Json& body) {
    Problems problems;
    JsonReader reader(body, "", problems);
    const bool changed_only = reader.optional_boolean("changed_only").value_or(false);
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-replay", "the request cannot be read"));
    return changed_only;
}

Result<Response> replay(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    TRY_ASSIGN(const bool changed_only, read_changed_only(body));
    TRY_ASSIGN(const Replayed done, replay_version(context.registry, model, ref, actor, changed_only));
    Json answer = {{"version", done.row.model + "@" + std::to_string(done.row.version)},
                   {"state", to_string(done.row.state)},
                   {"before", to_string(done.before)},
                   {"proof", nullptr}};
    if (done.proof) {
        context.metrics.count("assay_replays_total", "Samples that the server replayed, by outcome.",
                              {{"outcome", done.proof->row.outcome}});
        TRY_ASSIGN(answer["proof"], view(done.proof->row));
    }
    return json_response(200, answer);
}

}  // namespace

void add_proof_routes(Router& router, Context& context) {
    const std::string proofs = "/v1/models/{name}/versions/{ref}/proofs";
    router.add({.method = Method::post,
                .pattern = proofs,
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return record(context, request); }),
                .max_body_bytes = 65'536,
                .json_body = true});
    router.add({.method = Method::post,
                .pattern = "/v1/models/{name}/versions/{ref}:replay",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return replay(context, request); }),
                .max_body_bytes = 1'024,
                .json_body = true});
    router.add(
        {.method = Method::get, .pattern = proofs, .handle = answering([&context](Request& request) { return list(context, request); })});
}

}  // namespace assay::v1
