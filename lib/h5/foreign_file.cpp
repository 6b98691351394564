#include "h5/foreign_file.h"

#include <sys/mman.h>

#include <algorithm>

#include "base/error.h"
#include "h5/convert_numbers.h"
#include "h5/foreign_listing.h"
#include "h5/foreign_walk.h"
#include "h5/guard.h"
#include "h5/posix.h"

namespace mtlkit {
namespace {

constexpr Index kMostListing = Index{128} << 20;

// Of bytes that are shared with a child.
std::shared_ptr<char> SharedMemory(Index size) {
  const auto bytes = static_cast<std::size_t>(std::max<Index>(size, 1));
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return {static_cast<char*>(memory),
          [bytes](char* place) { ::munmap(place, bytes); }};
}

}  // namespace

namespace internal {

struct ForeignState {
  UniqueFd fd;
  std::string_view bytes;
  Index size = 0;
  Index most_bytes = 0;
  ForeignObjects objects;

  // What `work` says of the open file, in the child. `made` is what it makes
  // beside its answer.
  std::string Ask(Index most_answer, Index made,
                  const std::function<std::string(hid_t)>& work) const {
    const Hdf5Lock lock;
    return AnswerOfConfined({.bytes = size + made + most_answer / 2,
                             .most_answer = most_answer,
                             .fd = fd.get()},
                            [&] {
                              Channel channel;
                              channel.fd = fd.get();
                              channel.end = size;
                              channel.bytes = bytes.data();
                              const Handle file = OpenForeign(&channel);
                              return work(file.id());
                            });
  }

  void List() {
    objects = UnpackObjects(Ask(kMostListing, 0, [](hid_t id) {
      return PackObjects(WalkForeign(id));
    }));
  }

  const ForeignObject& Array(const std::string& path,
                             ForeignObject::Kind kind) const {
    const auto found = objects.find(path);
    Require(found != objects.end() && found->second.is_array(),
            ErrorKind::kBadInput, Str("there is no array '/", path, "' in it"));
    const ForeignObject& object = found->second;
    Require(object.kind != ForeignObject::Kind::kUnread, ErrorKind::kBadInput,
            Str("'/", path, "' ", object.why_unread),
            "write its values into one plain file: h5py, "
            "new[\"x\"] = old[\"x\"][:]");
    Require(object.kind == kind, ErrorKind::kBadInput,
            Str("'/", path, "' holds ",
                kind == ForeignObject::Kind::kTexts ? "numbers, not texts"
                                                    : "texts, not numbers"));
    return object;
  }

  static Index RowsOf(const ForeignObject& object) {
    return object.shape.empty() ? 1 : object.shape[0];
  }

  // Rows that are there; count < 0: all that follow.
  static ForeignRows RowsIn(const ForeignObject& object,
                            const std::string& path, Index first, Index count) {
    const Index rows = RowsOf(object);
    if (count < 0) count = rows - first;
    Require(first >= 0 && count >= 0 && first <= rows - count, ErrorKind::kBug,
            Str("'/", path, "': rows ", first, " to ", first + count,
                " of its ", rows));
    return {path, first, count};
  }

  static Index ElementsIn(const ForeignObject& object,
                          const ForeignRows& rows) {
    if (RowsOf(object) == 0) return 0;
    return ElementCount(object.shape) / RowsOf(object) * rows.count;
  }

  void RequireRoom(Index room, const std::string& path) const {
    Require(room <= most_bytes, ErrorKind::kBadInput,
            Str("'/", path, "' and what is read with it take ", room,
                " bytes, the limit is ", most_bytes));
  }
};

}  // namespace internal

using internal::ForeignRows;
using internal::ForeignState;

ForeignFile::ForeignFile(std::string_view bytes, Index most_bytes)
    : state_(std::make_unique<ForeignState>()) {
  state_->bytes = bytes;
  state_->size = static_cast<Index>(bytes.size());
  state_->most_bytes = most_bytes;
  state_->List();
}

ForeignFile::ForeignFile(int fd, Index most_bytes)
    : state_(std::make_unique<ForeignState>()) {
  state_->fd = internal::UniqueFd(fd);
  state_->size = internal::FileSize(fd, "the file");
  state_->most_bytes = most_bytes;
  state_->List();
}

ForeignFile::~ForeignFile() = default;
ForeignFile::ForeignFile(ForeignFile&&) noexcept = default;
ForeignFile& ForeignFile::operator=(ForeignFile&&) noexcept = default;

const ForeignObjects& ForeignFile::objects() const {
  return state_->objects;
}

const ForeignObject* ForeignFile::Find(std::string_view path) const {
  const auto found = state_->objects.find(path);
  return found == state_->objects.end() ? nullptr : &found->second;
}

const ForeignAttribute* ForeignFile::FindAttribute(
    std::string_view path, std::string_view name) const {
  const ForeignObject* object = Find(path);
  if (object == nullptr) return nullptr;
  const auto found = object->attributes.find(name);
  return found == object->attributes.end() ? nullptr : &found->second;
}

ForeignFile::Block ForeignFile::ReadNumbers(std::span<const std::string> paths,
                                            Index first, Index count) const {
  Block block;
  std::vector<ForeignRows> all;
  std::vector<const ForeignObject*> objects;
  Index size = 0;
  for (const std::string& path : paths) {
    const ForeignObject& object =
        state_->Array(path, ForeignObject::Kind::kNumbers);
    all.push_back(ForeignState::RowsIn(object, path, first, count));
    objects.push_back(&object);
    block.offsets.push_back(size);
    block.counts.push_back(ForeignState::ElementsIn(object, all.back()));
    // A multiple of the largest element keeps the next in its place.
    constexpr Index kLine = 8;
    const Index bytes = block.counts.back() * ElementSize(object.type);
    state_->RequireRoom(bytes, path);
    size += (bytes + kLine - 1) / kLine * kLine;
    state_->RequireRoom(size, path);
  }
  const std::shared_ptr<char> memory = SharedMemory(size);
  constexpr Index kDone = 16;
  (void)state_->Ask(kDone, size, [&](hid_t file) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      internal::ReadForeignNumbers(file, all[i], *objects[i],
                                   memory.get() + block.offsets[i]);
    }
    return std::string();
  });
  block.memory = memory;
  return block;
}

void ForeignFile::Convert(const Block& block, std::size_t i,
                          const std::string& path, ElementType type,
                          void* values) const {
  const ForeignObject& object =
      state_->Array(path, ForeignObject::Kind::kNumbers);
  const Index bad = internal::ConvertNumbers(
      object.type, block.memory.get() + block.offsets[i], type, values,
      block.counts[i]);
  Require(bad < 0, ErrorKind::kBadInput,
          Str("'/", path, "': value ", bad, " cannot be held as ",
              ElementTypeName(type), " (it is ", ElementTypeName(object.type),
              ")"));
}

std::vector<std::string> ForeignFile::ReadTexts(const std::string& path,
                                                Index first,
                                                Index count) const {
  const ForeignObject& object =
      state_->Array(path, ForeignObject::Kind::kTexts);
  const ForeignRows rows = ForeignState::RowsIn(object, path, first, count);
  std::vector<std::string> texts =
      internal::UnpackTexts(state_->Ask(state_->most_bytes, 0, [&](hid_t file) {
        return internal::PackTexts(
            internal::ReadForeignTexts(file, rows, object));
      }));
  Require(std::ssize(texts) == ForeignState::ElementsIn(object, rows),
          ErrorKind::kBadInput,
          Str("'/", path, "' has another number of texts than it says"));
  return texts;
}

}  // namespace mtlkit
