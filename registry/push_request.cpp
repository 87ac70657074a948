#include "registry/push.hpp"

#include "base/file_path.hpp"
#include "base/text.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

#include <cmath>

namespace assay {

namespace {

constexpr std::size_t max_files = 10'000;
constexpr std::size_t max_run_metrics = 100'000;
constexpr std::size_t max_run_params = 5000;
constexpr std::size_t max_tags = 1000;
constexpr std::size_t max_aliases = 100;

/// Adds the error of a name check to the problems.
template <class T>
void add_error(const Result<T>& result, std::string field, Problems& problems) {
    if (result) return;
    const Error& error = result.error();
    problems.push_back({std::move(field), error.because.empty() ? error.message : error.message + ": " + error.because,
                        error.fixes.empty() ? "" : error.fixes[0]});
}

void read_files(JsonReader& reader, PushRequest& request, Problems& problems) {
    const std::size_t before = problems.size();
    const Json& list = reader.array("files");
    if (list.empty() && problems.size() == before) reader.problem("files", "is empty: a version has at least one file");
    if (list.size() > max_files) {
        reader.problem("files", fmt::format("has {} entries, at most {} are accepted", list.size(), max_files),
                       "put many small files into one archive");
        return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        JsonReader file(list[i], reader.path_of("files", i), problems);
        const std::string path_text = file.nonempty_string("path");
        const std::string digest_text = file.nonempty_string("digest");
        const std::string media_type = file.optional_string("media_type").value_or("");
        (void)file.optional_integer("size");  // clients may say it; the store knows it
        file.refuse_unknown();
        auto path = file_path(path_text);
        const auto digest = Digest::parse(digest_text);
        if (!path_text.empty()) add_error(path, file.path_of("path"), problems);
        if (!digest_text.empty()) add_error(digest, file.path_of("digest"), problems);
        if (media_type.size() > 200 || has_control_characters(media_type))
            file.problem("media_type", "must be printable text of at most 200 bytes");
        if (path && digest) request.files.push_back({*std::move(path), *digest, media_type, reader.path_of("files", i)});
    }
}

void read_run(JsonReader& reader, PushRequest& request, Problems& problems) {
    const Json* object = reader.optional_object("run");
    if (object == nullptr) return;
    JsonReader run(*object, "run", problems);
    request.run.id = run.optional_string("id").value_or("");
    request.run.name = run.optional_string("name").value_or("");
    request.run.experiment = run.optional_string("experiment").value_or("Default");
    if (!request.run.id.empty() && !is_run_id(request.run.id)) {
        run.problem("id", "must be the 32 hexadecimal digits of an existing run", "leave it out to make a new run");
    }
    for (const auto& [key, text] :
         {std::pair<const char*, const std::string&>{"name", request.run.name}, {"experiment", request.run.experiment}}) {
        if (text.size() > 500 || has_control_characters(text)) run.problem(key, "must be printable text of at most 500 bytes");
    }
    if (request.run.experiment.empty()) run.problem("experiment", "cannot be empty");
    if (const Json* metrics = run.optional_array("metrics")) {
        if (metrics->size() > max_run_metrics)
            run.problem("metrics", fmt::format("has {} entries, at most {} are accepted", metrics->size(), max_run_metrics));
        for (std::size_t i = 0; i < metrics->size() && i < max_run_metrics; ++i) {
            JsonReader item((*metrics)[i], run.path_of("metrics", i), problems);
            RunMetricRow metric;
            metric.name = item.nonempty_string("name");
            metric.value = item.number("value");
            metric.step = item.optional_integer("step").value_or(0);
            const auto timestamp = item.optional_string("timestamp");
            item.refuse_unknown();
            if (metric.name.size() > 250 || has_control_characters(metric.name))
                item.problem("name", "must be printable text of at most 250 bytes");
            if (timestamp) {
                const auto time = Timestamp::parse(*timestamp);
                add_error(time, item.path_of("timestamp"), problems);
                if (time) metric.at = milliseconds_of(*time);
            }
            request.run.metrics.push_back(std::move(metric));
        }
    }
    if (const Json* params = run.optional_object("params")) {
        if (params->size() > max_run_params)
            run.problem("params", fmt::format("has {} entries, at most {} are accepted", params->size(), max_run_params));
        for (auto it = params->begin(); it != params->end(); ++it) {
            if (!it->is_string() || it.key().empty() || it.key().size() > 250 || it->get_ref<const std::string&>().size() > 100'000) {
                run.problem("params", "must map names (up to 250 bytes) to strings (up to 100000 bytes)");
                break;
            }
            request.run.params.emplace(it.key(), it->get<std::string>());
        }
    }
    run.refuse_unknown();
}

void read_labels(JsonReader& reader, PushRequest& request, Problems& problems) {
    if (const Json* tags = reader.optional_object("tags")) {
        if (tags->size() > max_tags) reader.problem("tags", fmt::format("has {} entries, at most {} are accepted", tags->size(), max_tags));
        for (auto it = tags->begin(); it != tags->end(); ++it) {
            const std::string where = "tags." + printable(it.key(), 100);
            add_error(tag_key(it.key()), where, problems);
            if (!it->is_string()) {
                problems.push_back({where, fmt::format("must be a string, not {}", type_in_words(*it)), ""});
                continue;
            }
            add_error(check_tag_value(it->get_ref<const std::string&>()), where, problems);
            request.tags.emplace(it.key(), it->get<std::string>());
        }
    }
    if (const Json* aliases = reader.optional_array("aliases")) {
        if (aliases->size() > max_aliases)
            reader.problem("aliases", fmt::format("has {} entries, at most {} are accepted", aliases->size(), max_aliases));
        for (std::size_t i = 0; i < aliases->size() && i < max_aliases; ++i) {
            const Json& item = (*aliases)[i];
            if (!item.is_string()) {
                problems.push_back({reader.path_of("aliases", i), "must be a string", ""});
                continue;
            }
            auto alias = alias_name(item.get_ref<const std::string&>());
            add_error(alias, reader.path_of("aliases", i), problems);
            if (alias) request.aliases.push_back(*std::move(alias));
        }
    }
}

}  // namespace

PushRequest read_push_request(const Json& body, Problems& problems) {
    PushRequest request;
    JsonReader reader(body, "", problems);
    read_files(reader, request, problems);
    request.facts = read_facts(reader.object("facts"), "facts", false, problems);
    read_run(reader, request, problems);
    request.description = reader.optional_string("description").value_or("");
    if (request.description.size() > 100'000) reader.problem("description", "has more than 100000 bytes");
    read_labels(reader, request, problems);
    request.if_changed = reader.optional_boolean("if_changed").value_or(false);
    reader.refuse_unknown();
    return request;
}

}  // namespace assay
