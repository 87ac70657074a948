#include "base/crypto.hpp"

#include "base/text.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <new>
#include <stdexcept>
#include <vector>

namespace assay {

struct Sha256::Context {
    EVP_MD_CTX* evp = EVP_MD_CTX_new();
    Context() {
        if (evp == nullptr) throw std::bad_alloc();
        start();
    }
    ~Context() { EVP_MD_CTX_free(evp); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    void start() const {
        // Fetched once: EVP_sha256() would look the implementation up again at every initialisation.
        static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
        if (EVP_DigestInit_ex(evp, algorithm, nullptr) != 1) throw std::runtime_error("OpenSSL: SHA-256 is not available");
    }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
    if (EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()) != 1) throw std::runtime_error("OpenSSL: digest update failed");
}

void Sha256::update(std::string_view bytes) { update(std::as_bytes(std::span(bytes))); }

Digest Sha256::finish() {
    Digest::Bytes bytes{};
    unsigned int size = 0;
    if (EVP_DigestFinal_ex(context_->evp, bytes.data(), &size) != 1 || size != bytes.size()) {
        throw std::runtime_error("OpenSSL: digest could not be finished");
    }
    context_->start();
    return Digest(bytes);
}

Digest sha256(std::string_view bytes) { return sha256(std::as_bytes(std::span(bytes))); }

Digest sha256(std::span<const std::byte> bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

std::string random_hex(std::size_t size) {
    std::vector<unsigned char> bytes(size);
    if (RAND_bytes(bytes.data(), static_cast<int>(size)) != 1) throw std::runtime_error("OpenSSL: no randomness");
    return to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string openssl_release() { return ::OpenSSL_version(OPENSSL_VERSION_STRING); }

}  // namespace assay
