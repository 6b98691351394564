#include "h5/mapped_bytes.h"

#include <sys/mman.h>

#include <cerrno>

#include "base/error.h"
#include "h5/posix.h"

namespace mtlkit {
namespace {

// Bytes that are written at once, and that stay in memory where no more come.
constexpr std::size_t kSpilledPiece = std::size_t{1} << 20;

}  // namespace

MappedBytes MapFile(int fd, Index size, std::string_view name) {
  if (size == 0) return {};
  const auto length = static_cast<std::size_t>(size);
  void* memory = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd, 0);
  Require(memory != MAP_FAILED, ErrorKind::kIo,
          Str(name,
              ": cannot be mapped into memory: ", internal::ErrnoText(errno)));
  return {{static_cast<const char*>(memory), length},
          {memory, [length](const void* place) {
             ::munmap(const_cast<void*>(place), length);
           }}};
}

struct SpilledBytes::State {
  std::vector<char> piece;
  internal::UniqueFd file;
  Index written = 0;

  void Write(const void* bytes, Index count) {
    if (!file.valid()) file = internal::UnlinkedTemporaryFile();
    internal::WriteFully(file.get(), bytes, count, internal::TemporaryFolder());
    written += count;
  }
  void Flush() {
    if (piece.empty()) return;
    Write(piece.data(), std::ssize(piece));
    piece.clear();
  }
};

SpilledBytes::SpilledBytes() : state_(std::make_unique<State>()) {}
SpilledBytes::~SpilledBytes() = default;
SpilledBytes::SpilledBytes(SpilledBytes&&) noexcept = default;
SpilledBytes& SpilledBytes::operator=(SpilledBytes&&) noexcept = default;

void SpilledBytes::Append(const void* bytes, Index count) {
  std::vector<char>& piece = state_->piece;
  const auto more = static_cast<std::size_t>(count);
  if (piece.size() + more > kSpilledPiece) state_->Flush();
  if (more > kSpilledPiece) return state_->Write(bytes, count);
  const auto* from = static_cast<const char*>(bytes);
  piece.insert(piece.end(), from, from + more);
}

Index SpilledBytes::size() const {
  return state_->written + std::ssize(state_->piece);
}

MappedBytes SpilledBytes::Finish() {
  if (state_->file.valid()) {
    state_->Flush();
    return MapFile(state_->file.get(), state_->written,
                   internal::TemporaryFolder());
  }
  auto kept =
      std::make_shared<const std::vector<char>>(std::move(state_->piece));
  state_->piece.clear();
  return {{kept->data(), kept->size()}, kept};
}

}  // namespace mtlkit
