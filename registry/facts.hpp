#pragma once

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/json_reader.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Data that a version was trained or judged on. At least one digest is there.
struct DatasetFact {
    std::string role;  ///< training · evaluation · validation · test · other
    std::string name;
    std::optional<std::string> digest;        ///< "sha256:…": the raw bytes of a file
    std::optional<std::string> table_digest;  ///< "ds1:sha256:…": canonical content (docs/formats.md)
    std::optional<std::int64_t> rows;

    [[nodiscard]] std::vector<std::string> digests() const;
};

struct MetricFact {
    std::string name;
    double value = 0;  ///< finite
    std::optional<std::string> dataset;
};

struct ParentFact {
    std::string relation;  ///< retrained_from, distilled_from, …
    std::string model;
    std::int64_t version = 0;
    std::string digest;  ///< filled in at registration

    [[nodiscard]] std::string name() const { return model + "@" + std::to_string(version); }
};

/// How a model came to be: the part of a manifest that its maker declares.
struct Facts {
    std::vector<std::string> uses;                 ///< packages the bytes need, normalised (PEP 503)
    std::map<std::string, std::string> libraries;  ///< package → release; "python" among them
    std::string platform;
    std::optional<Timestamp> trained_at;
    std::vector<DatasetFact> datasets;
    std::vector<MetricFact> metrics;
    std::map<std::string, std::string> params;
    std::map<std::string, std::string> source;  ///< git, entry_point
    std::vector<ParentFact> parents;
    std::map<std::string, std::string> origin;  ///< where a fact came from: "bytes", "declared", …
    std::vector<std::string> missing;           ///< required facts that policy let pass
    std::string run;
};

/// So many params, and so many metrics, may a version have.
inline constexpr std::size_t max_fact_entries = 5000;

/// A name or label that facts may have: printable UTF-8 of 1 to 1,000 bytes.
[[nodiscard]] bool is_fact_label(std::string_view text);

/// Reads facts as a client declares them; every problem is added with its path below `path`. Members the registry
/// fills in (missing, run, parents' digests) are refused unless `from_manifest`.
[[nodiscard]] Facts read_facts(const Json& value, const std::string& path, bool from_manifest, Problems& problems);

/// As the manifest spells them; empty members are left out.
[[nodiscard]] Json to_json(const Facts& facts);

}  // namespace assay
