#include "registry/blobs.hpp"
#include "api/file_stream.hpp"
#include "api/v1/body_digest.hpp"
#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"

#include <fmt/format.h>

namespace assay::v1 {

namespace {

Error no_such_blob(const Digest& digest) { return Error(ErrorKind::not_found, "blob-not-found", "there is no blob " + digest.to_string()); }

Response blob_answer(int status, const Digest& digest, std::uint64_t size) {
    Response response = json_response(status, {{"digest", digest.to_string()}, {"size", size}});
    response.headers.set("ETag", '"' + digest.to_string() + '"');
    return response;
}

Result<Response> head_blob(Context& context, Request& request) {
    TRY_ASSIGN(const Digest digest, digest_of(request));
    TRY_ASSIGN(const auto size, stat_blob(context.registry, digest));
    if (!size) return fail(no_such_blob(digest));
    Response response;
    response.headers.set("Content-Length", std::to_string(*size));
    response.headers.set("Content-Type", "application/octet-stream");
    response.headers.set("ETag", '"' + digest.to_string() + '"');
    return response;
}

/// What can be said before the body is sent: that it is here already, or that it can only be refused. All else waits for the bytes.
std::optional<Response> answer_early(Context& context, const Request& request) {
    const auto digest = digest_of(request);
    if (!digest) return problem(digest.error(), request.id);
    // The bytes must have the digest of the path, so that a header which says otherwise is wrong before they come.
    if (const auto claim = check_claimed_digest(request, *digest); !claim) return problem(claim.error(), request.id);
    if (!request.headers.find("Expect")) return std::nullopt;
    const auto size = stat_blob(context.registry, *digest);
    if (!size || !*size) return std::nullopt;
    return blob_answer(200, *digest, **size);
}

Result<Response> upload(Context& context, Request& request) {
    TRY_ASSIGN(const Digest digest, digest_of(request));
    TRY_ASSIGN(const StoredBlob stored, put_blob(context.registry, *request.body, {digest, request.content_length}));
    return blob_answer(stored.created ? 201 : 200, stored.info.digest, stored.info.size);
}

Result<Response> missing(Context& context, Request& request) {
    constexpr std::size_t max_digests = 10'000;
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    std::vector<Digest> digests;
    const Json& list = reader.array("digests");
    if (list.size() > max_digests) {
        reader.problem("digests", fmt::format("holds {}; at most {} can be asked for at once", list.size(), max_digests));
    } else {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const std::string text = list[i].is_string() ? list[i].get<std::string>() : std::string();
            if (const auto digest = Digest::parse(text); digest)
                digests.push_back(*digest);
            else
                problems.push_back({reader.path_of("digests", i), "is not a digest", "write sha256: and 64 lowercase hexadecimal digits"});
        }
    }
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    TRY_ASSIGN(const auto absent, missing_blobs(context.registry, digests));
    Json names = Json::array();
    for (const Digest& digest : absent) names.push_back(digest.to_string());
    return json_response(200, {{"missing", std::move(names)}});
}

Result<Response> download(Context& context, Request& request) {
    TRY_ASSIGN(const Digest digest, digest_of(request));
    if (context.raw_blobs == RawBlobs::refuse) {
        return fail(Error(ErrorKind::permission, "raw-blobs-disabled", "blobs are not handed out without the gate")
                        .with_fix("fetch a file of a version, or start the server with --allow-raw-blobs for replication"));
    }
    TRY_ASSIGN(auto reader, open_blob(context.registry, digest));
    return file_response(context.registry, request, std::move(reader), digest, "application/octet-stream");
}

}  // namespace

void add_blob_routes(Router& router, Context& context) {
    constexpr std::string_view pattern = "/v1/blobs/{digest}";
    router.add({.method = Method::head, .pattern = std::string(pattern), .handle = answering([&context](Request& request) {
                                                                             return head_blob(context, request);
                                                                         })});
    router.add(
        {.method = Method::get, .pattern = std::string(pattern), .lane = Lane::transfer, .handle = answering([&context](Request& request) {
                                                                                             return download(context, request);
                                                                                         })});
    router.add({.method = Method::put,
                .pattern = std::string(pattern),
                .lane = Lane::transfer,
                .handle = answering([&context](Request& request) { return upload(context, request); }),
                .max_body_bytes = context.max_blob_bytes,
                .before_body = [&context](const Request& request) { return answer_early(context, request); }});
    router.add({.method = Method::post,
                .pattern = "/v1/blobs:missing",
                .lane = Lane::commit,  // ten thousand questions are no quick read
                .handle = answering([&context](Request& request) { return missing(context, request); }),
                .max_body_bytes = max_json_bytes,
                .json_body = true});
}

}  // namespace assay::v1
