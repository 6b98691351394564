#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

// What touches HDF5 itself, private to this module: the one lock, identifiers
// that close themselves, errors with HDF5's reason.
namespace mtlkit::internal {

// Held while HDF5 is called: the library is not thread-safe. The first one
// prepares the process: no plugins, no locks, no exit handler, no printing.
class Hdf5Lock {
 public:
  Hdf5Lock();

 private:
  std::unique_lock<std::mutex> lock_;
};

// Owns an identifier.
class Handle {
 public:
  using Closer = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Closer close) : id_(id), close_(close) {}
  ~Handle() { (void)Close(); }
  Handle(Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      (void)Close();
      id_ = std::exchange(other.id_, -1);
      close_ = other.close_;
    }
    return *this;
  }
  hid_t id() const { return id_; }
  bool valid() const { return id_ >= 0; }
  // False if HDF5 reports an error.
  bool Close() {
    if (id_ < 0) return true;
    return close_(std::exchange(id_, -1)) >= 0;
  }

 private:
  hid_t id_ = -1;
  Closer close_ = nullptr;
};

// Throws std::bad_alloc if what HDF5 failed for last is memory: no fault of
// the file.
void RequireMemory();

// The innermost reason on HDF5's error stack.
std::string Hdf5Reason();

}  // namespace mtlkit::internal
