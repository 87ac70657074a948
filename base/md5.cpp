#include "base/md5.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

namespace assay {

Result<std::string> md5_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(ErrorKind::not_found, "file-not-found", fmt::format("{} cannot be read", printable(path, 300)));
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (context == nullptr || EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr) != 1)
        return fail(ErrorKind::invalid, "no-md5", "this system's OpenSSL does not compute MD5");
    std::vector<char> buffer(std::size_t{1} << 20U);
    while (file) {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) return fail(ErrorKind::not_found, "file-not-found", fmt::format("{} cannot be read", printable(path, 300)));
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(context.get(), bytes.data(), &size);
    return to_hex(
        {reinterpret_cast<const char*>(bytes.data()), size});  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast): bytes as text
}

}  // namespace assay
