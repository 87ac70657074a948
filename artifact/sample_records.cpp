#include "artifact/sample_values.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace assay {

namespace {

class RecordsReader {
public:
    RecordsReader(const SampleLimits& limits, Problems& problems) : limits_(limits), problems_(problems) {}

    SampleRecord read(const Json& value, const std::string& path) {
        SampleRecord record;
        if (!value.is_object()) {
            add(path, fmt::format("must be an object, not {}", type_in_words(value)));
            return record;
        }
        for (auto it = value.begin(); it != value.end() && !enough(); ++it) {  // in the order of the names' bytes
            const std::string place = fmt::format("{}.{}", path, printable(it.key(), 100));
            if (it.key().size() > limits_.max_name_bytes)
                add(place, fmt::format("has a name of {} bytes, at most {} are accepted", it.key().size(), limits_.max_name_bytes));
            if (!may_have_more()) break;
            record.values.emplace_back(it.key(), read_value(*it, place));
        }
        return record;
    }
    [[nodiscard]] bool enough() const { return full_ || problems_.size() > limits_.max_problems; }

private:
    void add(std::string path, std::string message) {
        if (problems_.size() <= limits_.max_problems) problems_.push_back({std::move(path), std::move(message), ""});
    }

    bool may_have_more() {
        if (count_ == limits_.max_values && !full_) {
            full_ = true;
            problems_.push_back({"input.values", fmt::format("has more than {} values", limits_.max_values), "give fewer rows"});
        }
        ++count_;
        return !full_;
    }

    std::string read_text(const Json& value, const std::string& path) {
        const std::string& text = value.get_ref<const std::string&>();
        if (text.size() > limits_.max_text_bytes)
            add(path, fmt::format("has {} bytes, at most {} are accepted", text.size(), limits_.max_text_bytes));
        return text;
    }

    SampleRecordValue read_value(const Json& value, const std::string& path) {
        if (value.is_null()) return {};
        if (value.is_boolean()) return value.get<bool>();
        if (value.is_string()) return read_text(value, path);
        if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
            add(path, "is an integer beyond 64 bits");
            return {};
        }
        if (value.is_number_integer()) return value.get<std::int64_t>();
        if (value.is_number()) {
            if (!std::isfinite(value.get<double>())) add(path, "is no finite number");
            return value.get<double>();
        }
        if (!value.is_array()) {
            add(path, fmt::format("must be a number, a boolean, a text, a list of texts or null, not {}", type_in_words(value)));
            return {};
        }
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < value.size() && !enough(); ++i) {
            const std::string place = fmt::format("{}[{}]", path, i);
            if (!may_have_more()) break;
            if (value[i].is_string()) {
                texts.push_back(read_text(value[i], place));
            } else {
                add(place, fmt::format("must be a string, not {}", type_in_words(value[i])));
            }
        }
        return texts;
    }

    const SampleLimits& limits_;
    Problems& problems_;
    std::size_t count_ = 0;
    bool full_ = false;
};

}  // namespace

SampleRecords read_records(const Json& values, std::size_t rows, const std::string& path, const SampleLimits& limits, Problems& problems) {
    SampleRecords found;
    if (values.size() != rows) {
        problems.push_back({path, fmt::format("must be a list of {} rows, not {}", rows, values.size()), ""});
        return found;
    }
    RecordsReader reader(limits, problems);
    for (std::size_t row = 0; row < rows && !reader.enough(); ++row)
        found.records.push_back(reader.read(values[row], fmt::format("{}[{}]", path, row)));
    return found;
}

}  // namespace assay
