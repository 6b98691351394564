#include <vector>

#include "base/error.h"
#include "text/decompress.h"

namespace mtlkit {
namespace {

constexpr std::size_t kBufferBytes = 1 << 17;

class MemberStream : public ByteStream {
 public:
  MemberStream(std::unique_ptr<MemberDecoder> decoder, ByteStream* input)
      : decoder_(std::move(decoder)), input_(input) {}

  std::size_t Read(char* to, std::size_t size) override {
    std::span<char> room(to, size);
    while (room.size() == size && !done_) Step(&room);
    return size - room.size();
  }

  void Rewind() override {
    input_->Rewind();
    packed_ = {};
    between_ = true;
    any_ = done_ = false;
  }

 private:
  bool Refill() {
    if (!packed_.empty()) return true;
    packed_ = {buffer_.data(), input_->Read(buffer_.data(), buffer_.size())};
    return !packed_.empty();
  }

  void Step(std::span<char>* room) {
    if (!Refill()) return Finish(room);
    if (between_ && any_ && packed_[0] == 0) return SkipPadding();
    if (between_) decoder_->Start();
    between_ = decoder_->Decode(&packed_, room);
    any_ |= between_;
  }

  // What a decoder has taken in may not have come out yet.
  void Finish(std::span<char>* room) {
    done_ = between_ && any_;
    if (done_) return;
    const std::size_t before = room->size();
    between_ = !between_ && decoder_->Decode(&packed_, room);
    any_ |= between_;
    if (!between_ && room->size() == before) FailCut(decoder_->name());
  }

  void SkipPadding() {
    while (Refill()) {
      if (packed_[0] != 0) FailDamaged(decoder_->name());
      packed_.remove_prefix(1);
    }
    done_ = true;
  }

  std::unique_ptr<MemberDecoder> decoder_;
  ByteStream* input_;
  std::vector<char> buffer_ = std::vector<char>(kBufferBytes);
  std::string_view packed_;  // what is left of the buffer
  bool between_ = true;      // at the border of two members
  bool any_ = false;         // a member was read to its end
  bool done_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> MakeMemberStream(
    std::unique_ptr<MemberDecoder> decoder, ByteStream* input) {
  return std::make_unique<MemberStream>(std::move(decoder), input);
}

void FailCut(std::string_view method) {
  Fail(ErrorKind::kBadInput, Str("truncated ", method, " data"),
       "the file is incomplete: copy or download it again");
}

void FailDamaged(std::string_view method) {
  Fail(ErrorKind::kBadInput, Str("damaged ", method, " data"),
       "copy or download the file again");
}

void FailNoMemory(std::string_view method) {
  Fail(ErrorKind::kIo, Str("no memory to decompress ", method, " data"));
}

}  // namespace mtlkit
