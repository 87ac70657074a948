#pragma once

#include "base/result.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace assay {

/// Doubles in column-major order, as Eigen has them. Immutable, and shared by the copies of an archive. (No Eigen type crosses from the
/// library to its user: how Eigen allocates depends on the options that each is compiled with.)
struct ArchiveNumbers {
    enum class Kind { vector, matrix };
    Kind kind = Kind::matrix;
    std::size_t rows = 0;
    std::size_t columns = 0;                 ///< 1 of a vector
    std::shared_ptr<const double[]> values;  // NOLINT(modernize-avoid-c-arrays): the owner of that many doubles
};

/// A model as data: named numbers, texts, vectors and matrices, and nothing that could be executed (docs/formats.md, "Native archive").
/// Written with cereal; its bytes are the same on every machine and for every order of putting.
class Archive {
public:
    using Value = std::variant<double, std::int64_t, std::string, std::vector<std::string>, ArchiveNumbers>;
    using Values = std::map<std::string, Value, std::less<>>;

    /// `schema` says what the values mean, and in which version: "example.penguins/1".
    explicit Archive(std::string schema) : schema_(std::move(schema)) {}

    /// A name put again has the later value.
    void put_number(std::string name, double value) { put(std::move(name), value); }
    void put_integer(std::string name, std::int64_t value) { put(std::move(name), value); }
    void put_text(std::string name, std::string value) { put(std::move(name), std::move(value)); }
    void put_texts(std::string name, std::vector<std::string> values) { put(std::move(name), std::move(values)); }
    /// Any expression of doubles; a vector may also be a row.
    template <class Derived>
    void put_vector(std::string name, const Eigen::MatrixBase<Derived>& values) {
        EIGEN_STATIC_ASSERT_VECTOR_ONLY(Derived)
        static_assert(std::is_same_v<typename Derived::Scalar, double>, "an archive keeps doubles: cast<double>()");
        const auto copy =
            std::make_shared_for_overwrite<double[]>(static_cast<std::size_t>(values.size()));  // NOLINT(modernize-avoid-c-arrays)
        for (Eigen::Index i = 0; i < values.size(); ++i) copy[i] = values[i];
        put(std::move(name), ArchiveNumbers{ArchiveNumbers::Kind::vector, static_cast<std::size_t>(values.size()), 1, copy});
    }
    template <class Derived>
    void put_matrix(std::string name, const Eigen::MatrixBase<Derived>& values) {
        static_assert(std::is_same_v<typename Derived::Scalar, double>, "an archive keeps doubles: cast<double>()");
        const auto rows = static_cast<std::size_t>(values.rows());
        const auto columns = static_cast<std::size_t>(values.cols());
        const auto copy = std::make_shared_for_overwrite<double[]>(rows * columns);  // NOLINT(modernize-avoid-c-arrays)
        Eigen::Map<Eigen::MatrixXd>(copy.get(), values.rows(), values.cols()) = values;
        put(std::move(name), ArchiveNumbers{ArchiveNumbers::Kind::matrix, rows, columns, copy});
    }
    void put(std::string name, Value value) { values_.insert_or_assign(std::move(name), std::move(value)); }

    [[nodiscard]] const std::string& schema() const { return schema_; }
    [[nodiscard]] const Values& values() const { return values_; }

private:
    std::string schema_;
    Values values_;
};

/// Takes what a model needs out of an archive, which may be a stranger's. The first problem is kept and told by finish(); until then
/// what could not be read is empty, so that a model is read in one go:
///
///   ArchiveReader reader(archive, "example.penguins/1");
///   model.classes = reader.texts("classes");
///   model.weights = reader.matrix("weights", model.classes.size(), 9);
///   if (auto read = reader.finish(); !read) return std::unexpected(read.error());
class ArchiveReader {
public:
    /// `archive` outlives the reader.
    ArchiveReader(const Archive& archive, std::string_view schema);

    [[nodiscard]] double number(std::string_view name);
    [[nodiscard]] std::int64_t integer(std::string_view name);
    [[nodiscard]] std::string text(std::string_view name);
    [[nodiscard]] std::vector<std::string> texts(std::string_view name);
    /// With a size, another one is a problem.
    [[nodiscard]] Eigen::VectorXd vector(std::string_view name, std::optional<std::size_t> size = {}) {
        return view(numbers(name, ArchiveNumbers::Kind::vector, size, {}));
    }
    [[nodiscard]] Eigen::MatrixXd matrix(std::string_view name, std::optional<std::size_t> rows = {},
                                         std::optional<std::size_t> columns = {}) {
        return view(numbers(name, ArchiveNumbers::Kind::matrix, rows, columns));
    }
    /// The numbers where they are, for what is too large to copy; view() shows them to Eigen while they live.
    [[nodiscard]] ArchiveNumbers numbers(std::string_view name, ArchiveNumbers::Kind kind, std::optional<std::size_t> rows,
                                         std::optional<std::size_t> columns);
    [[nodiscard]] static Eigen::Map<const Eigen::MatrixXd> view(const ArchiveNumbers& numbers) {
        return {numbers.values.get(), static_cast<Eigen::Index>(numbers.rows), static_cast<Eigen::Index>(numbers.columns)};
    }

    /// What a model must hold beyond its shapes; false is a problem.
    void require(bool holds, std::string because) {
        if (!holds) problem(std::move(because));
    }

    /// `invalid`, code "invalid-archive": another schema, a name that is not there, has another type or shape, or was not asked for.
    [[nodiscard]] Result<void> finish() const;

private:
    template <class T>
    const T* find(std::string_view name, std::string_view wanted);
    void problem(std::string because);

    const Archive& archive_;
    std::set<std::string_view> asked_;
    std::string problem_;
};

/// Whether an archive may hold NaN and infinities. A model that holds one was fitted badly, unless it says otherwise.
enum class NonFinite { refuse, allow };

struct ArchiveLimits {
    std::size_t max_values = 100'000;
    std::size_t max_name_bytes = 1'000;
    std::size_t max_dimension = std::size_t{1} << 31U;  ///< rows, and columns
};

/// The bytes of an archive. `invalid`, code "invalid-archive", for what could not be read back: a name or text that is not UTF-8 or too
/// long, an empty name, a number that is not finite.
[[nodiscard]] Result<std::string> to_bytes(const Archive& archive, NonFinite non_finite = NonFinite::refuse);

/// Reads an archive strictly: it takes no more memory than a small multiple of `bytes`, whatever they say. `invalid`, code
/// "invalid-archive", with the cause and the offset; code "unknown-archive-version" when a later release wrote it.
[[nodiscard]] Result<Archive> parse_archive(std::string_view bytes, NonFinite non_finite = NonFinite::refuse,
                                            const ArchiveLimits& limits = {});

/// Replaces a file atomically and durably with the bytes of an archive.
[[nodiscard]] Result<void> write_archive(const std::string& path, const Archive& archive, NonFinite non_finite = NonFinite::refuse);

}  // namespace assay
