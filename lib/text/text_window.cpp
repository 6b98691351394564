#include "text/text_window.h"

#include <cstring>

#include "base/error.h"

namespace mtlkit {
namespace {

constexpr std::size_t kWindowBytes = 1 << 20;
constexpr std::size_t kMaxRecordBytes = std::size_t{64} << 20;

}  // namespace

TextWindow::TextWindow(TextSource* source)
    : source_(source), buffer_(kWindowBytes) {}

bool TextWindow::Grow(Index line) {
  if (at_end_) return false;
  const std::size_t unread = end_ - begin_;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, unread);
  } else if (unread == buffer_.size()) {
    if (unread >= kMaxRecordBytes) {
      Fail(ErrorKind::kBadInput,
           Str(name(), ":", line, ": a row of more than 64 MiB"),
           "a quote that is never closed, or not a text table");
    }
    buffer_.resize(2 * buffer_.size());
  }
  begin_ = 0;
  end_ = unread;
  while (end_ < buffer_.size()) {
    const std::size_t got =
        source_->Read(buffer_.data() + end_, buffer_.size() - end_);
    end_ += got;
    at_end_ = got == 0;
    if (at_end_) break;
  }
  return end_ > unread;
}

void TextWindow::Rewind() {
  source_->Rewind();
  begin_ = end_ = 0;
  at_end_ = false;
}

bool TextWindow::PeekLine(Index line, std::string_view* text,
                          std::size_t* bytes) {
  std::size_t searched = 0;
  while (true) {
    const std::size_t size = end_ - begin_;
    const void* found = std::memchr(begin() + searched, '\n', size - searched);
    if (found != nullptr) {
      const auto length =
          static_cast<std::size_t>(static_cast<const char*>(found) - begin());
      *bytes = length + 1;
      *text = {begin(), length};
      break;
    }
    searched = size;
    if (!at_end_) {
      Grow(line);
      continue;
    }
    if (size == 0) return false;
    *bytes = size;
    *text = {begin(), size};
    break;
  }
  if (text->ends_with('\r')) text->remove_suffix(1);
  return true;
}

}  // namespace mtlkit
