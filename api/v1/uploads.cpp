#include "registry/uploads.hpp"
#include "api/v1/content_range.hpp"
#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::v1 {

namespace {

constexpr std::string_view collection = "/v1/uploads";

Json view(const UploadState& upload) {
    return {{"id", upload.id},
            {"offset", upload.offset},
            {"size", upload.size},
            {"receiving", upload.receiving},
            {"expires_at", upload.expires_at.to_string()}};
}

Response with_offset(Response response, const UploadState& upload) {
    response.headers.set("Upload-Offset", std::to_string(upload.offset));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

const std::string& id_of(const Request& request) { return request.params.at("id"); }

Result<Response> begin(Context& context, Request& request) {
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    const std::int64_t size = reader.integer("size");
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    TRY_ASSIGN(const UploadState upload, begin_upload(context.registry, static_cast<std::uint64_t>(std::max<std::int64_t>(size, 0))));
    Response response = with_offset(json_response(201, view(upload)), upload);
    response.headers.set("Location", fmt::format("{}/{}", collection, upload.id));
    return response;
}

Result<Response> show(Context& context, Request& request) {
    TRY_ASSIGN(const UploadState upload, find_upload(context.registry, id_of(request)));
    return with_offset(json_response(200, view(upload)), upload);
}

/// The digest of a part would have to be known before the part is kept; that of the whole is asked for at the end.
Result<void> refuse_digest_of_part(const Request& request) {
    for (const char* name : {"Repr-Digest", "Content-Digest"}) {
        if (!request.headers.find(name)) continue;
        return fail(Error(ErrorKind::invalid, "unsupported-digest", fmt::format("{} of a part of an upload is not checked", name))
                        .with_because("only the digest of the whole is")
                        .with_fix("leave the header out, and finish with PUT ?digest=sha256:…")
                        .with_problems({{name, "is not judged by this route", ""}}));
    }
    return {};
}

/// What can be said before the bytes are sent: that they are not wanted.
std::optional<Response> refuse_early(Context& context, const Request& request) {
    if (const auto fine = refuse_digest_of_part(request); !fine) return problem(fine.error(), request.id);
    const auto part = content_range_of(request);
    if (!part) return problem(part.error(), request.id);
    if (const auto fits = check_upload_part(context.registry, id_of(request), *part); !fits) return problem(fits.error(), request.id);
    return std::nullopt;
}

Result<Response> append(Context& context, Request& request) {
    TRY_ASSIGN(const UploadPart part, content_range_of(request));
    TRY_ASSIGN(const UploadState upload, append_upload(context.registry, id_of(request), part, *request.body));
    Response response;
    response.status = 204;
    return with_offset(std::move(response), upload);
}

Result<Response> finish(Context& context, Request& request) {
    TRY(allow_query(request, {"digest"}));
    const auto text = request.query.find("digest");
    if (text == request.query.end()) {
        return fail(Error(ErrorKind::invalid, "digest-needed", "an upload is finished with the digest of its bytes")
                        .with_fix("PUT /v1/uploads/{id}?digest=sha256:…")
                        .with_problems({{"?digest", "is missing", ""}}));
    }
    TRY_ASSIGN(const Digest digest, Digest::parse(text->second));
    TRY_ASSIGN(const StoredBlob stored, finish_upload(context.registry, id_of(request), digest));
    Response response = json_response(stored.created ? 201 : 200, {{"digest", digest.to_string()}, {"size", stored.info.size}});
    response.headers.set("ETag", '"' + digest.to_string() + '"');
    return response;
}

Result<Response> cancel(Context& context, Request& request) {
    TRY(cancel_upload(context.registry, id_of(request)));
    Response response;
    response.status = 204;
    return response;
}

}  // namespace

void add_upload_routes(Router& router, Context& context) {
    router.add({.method = Method::post,
                .pattern = std::string(collection),
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return begin(context, request); }),
                .max_body_bytes = max_json_bytes,
                .json_body = true});
    const std::string one = std::string(collection) + "/{id}";
    // Not a quick read: it waits while a piece of the same upload is written to the disk.
    router.add({.method = Method::get, .pattern = one, .lane = Lane::commit, .handle = answering([&context](Request& request) {
                                                                                 return show(context, request);
                                                                             })});
    router.add({.method = Method::patch,
                .pattern = one,
                .lane = Lane::transfer,
                .handle = answering([&context](Request& request) { return append(context, request); }),
                .max_body_bytes = context.max_blob_bytes,
                .before_body = [&context](const Request& request) { return refuse_early(context, request); }});
    router.add({.method = Method::put, .pattern = one, .lane = Lane::transfer, .handle = answering([&context](Request& request) {
                                                                                   return finish(context, request);
                                                                               })});
    router.add({.method = Method::del, .pattern = one, .lane = Lane::commit, .handle = answering([&context](Request& request) {
                                                                                 return cancel(context, request);
                                                                             })});
}

}  // namespace assay::v1
