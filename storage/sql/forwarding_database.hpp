#pragma once

#include "storage/sql/database.hpp"

namespace assay {

/// Passes everything on to another database: where test doubles start. The other one must outlive it.
class ForwardingDatabase : public Database {
public:
    explicit ForwardingDatabase(Database& inner) : inner_(inner) {}

    [[nodiscard]] Result<void> read_with(const std::function<Result<void>(SqlSession&)>& body) override { return inner_.read_with(body); }
    [[nodiscard]] Result<void> write_with(const std::function<Result<void>(SqlWrite&)>& body) override { return inner_.write_with(body); }

private:
    Database& inner_;
};

}  // namespace assay
