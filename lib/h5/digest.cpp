#include "h5/digest.h"

#include <fcntl.h>
#include <nettle/sha2.h>

#include <cerrno>
#include <vector>

#include "base/error.h"
#include "h5/posix.h"

namespace mtlkit {

struct Sha256::State {
  sha256_ctx context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  sha256_init(&state_->context);
}

Sha256::~Sha256() = default;

void Sha256::Update(const void* bytes, std::size_t count) {
  sha256_update(&state_->context, count,
                static_cast<const std::uint8_t*>(bytes));
}

std::string Sha256::Finish() {
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  sha256_digest(&state_->context, digest.size(), digest.data());
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string Sha256Of(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

std::string Sha256OfFile(const std::string& path) {
  const internal::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) internal::FailToOpen(path, errno);
  Sha256 hash;
  std::vector<char> block(1 << 20);
  const auto size = static_cast<Index>(block.size());
  while (const Index count =
             internal::ReadFully(fd.get(), block.data(), size, path)) {
    hash.Update(block.data(), static_cast<std::size_t>(count));
  }
  return hash.Finish();
}

}  // namespace mtlkit
