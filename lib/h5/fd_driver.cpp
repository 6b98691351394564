#include "h5/fd_driver.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <limits>
#include <new>

namespace mtlkit::internal {
namespace {

constexpr haddr_t kLargestAddress =
    static_cast<haddr_t>(std::numeric_limits<off_t>::max());

// HDF5 allocates room for its own part and hands pointers to it around.
struct DriverFile {
  H5FD_t base;  // must come first
  Channel* channel;
  haddr_t allocated;
};

DriverFile* Cast(H5FD_t* file) {
  return reinterpret_cast<DriverFile*>(file);
}

const DriverFile* Cast(const H5FD_t* file) {
  return reinterpret_cast<const DriverFile*>(file);
}

herr_t Failed(Channel* channel) {
  if (channel->error == 0) channel->error = errno;
  return -1;
}

H5FD_t* OpenDriver(const char* /*name*/, unsigned flags, hid_t access,
                   haddr_t /*largest*/) {
  const void* info = H5Pget_driver_info(access);
  if (info == nullptr) return nullptr;
  auto* channel = *static_cast<Channel* const*>(info);
  if ((flags & H5F_ACC_RDWR) != 0 && !channel->is_writable) return nullptr;
  if ((flags & H5F_ACC_TRUNC) != 0 && ::ftruncate(channel->fd, 0) != 0) {
    (void)Failed(channel);
    return nullptr;
  }
  auto* file = new DriverFile{};
  file->channel = channel;
  return &file->base;
}

herr_t CloseDriver(H5FD_t* file) {
  delete Cast(file);
  return 0;
}

int CompareDriver(const H5FD_t* a, const H5FD_t* b) {
  const std::less<const Channel*> before;
  const Channel* first = Cast(a)->channel;
  const Channel* second = Cast(b)->channel;
  return before(first, second) ? -1 : before(second, first) ? 1 : 0;
}

// Gathering small writes pays for a writer. A reader does without it: the
// metadata accumulator is where damaged files crash HDF5 1.10 most.
herr_t QueryDriver(const H5FD_t* file, unsigned long* flags) {
  *flags = 0;
  if (file != nullptr && Cast(file)->channel->is_writable) {
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA |
             H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA;
  }
  return 0;
}

haddr_t AllocatedEnd(const H5FD_t* file, H5FD_mem_t /*type*/) {
  return Cast(file)->allocated;
}

herr_t SetAllocatedEnd(H5FD_t* file, H5FD_mem_t /*type*/, haddr_t end) {
  Cast(file)->allocated = end;
  return 0;
}

haddr_t FileEnd(const H5FD_t* file, H5FD_mem_t /*type*/) {
  const Index end = Cast(file)->channel->end;
  if (end >= 0) return static_cast<haddr_t>(end);
  struct stat status {};
  if (::fstat(Cast(file)->channel->fd, &status) != 0) return 0;
  return static_cast<haddr_t>(status.st_size);
}

herr_t ReadDriver(H5FD_t* file, H5FD_mem_t /*type*/, hid_t /*transfer*/,
                  haddr_t offset, size_t count, void* bytes) {
  Channel* channel = Cast(file)->channel;
  auto* to = static_cast<char*>(bytes);
  if (channel->check != nullptr &&
      !channel->check->Holds(static_cast<Index>(offset),
                             static_cast<Index>(count))) {
    channel->is_damaged = true;
    return -1;
  }
  if (channel->bytes != nullptr) {
    const auto end = static_cast<haddr_t>(channel->end);
    if (offset > end || count > end - offset) return -1;
    std::memcpy(to, channel->bytes + offset, count);
    return 0;
  }
  while (count > 0) {
    const ssize_t moved =
        ::pread(channel->fd, to, count, static_cast<off_t>(offset));
    if (moved < 0 && errno == EINTR) continue;
    if (moved < 0) return Failed(channel);
    if (moved == 0) {
      // What a writer has allocated and not written yet reads as zero.
      if (!channel->is_writable) return -1;
      std::memset(to, 0, count);
      return 0;
    }
    to += moved;
    offset += static_cast<haddr_t>(moved);
    count -= static_cast<size_t>(moved);
  }
  return 0;
}

herr_t WriteDriver(H5FD_t* file, H5FD_mem_t /*type*/, hid_t /*transfer*/,
                   haddr_t offset, size_t count, const void* bytes) {
  Channel* channel = Cast(file)->channel;
  if (channel->is_discarded) return 0;
  const auto* from = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t moved =
        ::pwrite(channel->fd, from, count, static_cast<off_t>(offset));
    if (moved < 0 && errno == EINTR) continue;
    if (moved <= 0) {
      if (moved == 0) errno = ENOSPC;
      return Failed(channel);
    }
    from += moved;
    offset += static_cast<haddr_t>(moved);
    count -= static_cast<size_t>(moved);
  }
  return 0;
}

herr_t TruncateDriver(H5FD_t* file, hid_t /*transfer*/, hbool_t /*closing*/) {
  Channel* channel = Cast(file)->channel;
  if (channel->is_discarded || !channel->is_writable) return 0;
  if (FileEnd(file, H5FD_MEM_DEFAULT) == Cast(file)->allocated) return 0;
  const int result =
      ::ftruncate(channel->fd, static_cast<off_t>(Cast(file)->allocated));
  return result == 0 ? 0 : Failed(channel);
}

hid_t DriverId() {
  static const hid_t id = [] {
    static H5FD_class_t driver{};
#if H5_VERSION_GE(1, 13, 2)
    driver.version = H5FD_CLASS_VERSION;
    driver.value = 600;  // in the range free for applications
#endif
    driver.name = "mtlkit";
    driver.maxaddr = kLargestAddress;
    driver.fc_degree = H5F_CLOSE_SEMI;
    // NOLINTNEXTLINE(bugprone-sizeof-expression): the pointer is stored.
    driver.fapl_size = sizeof(Channel*);
    driver.open = OpenDriver;
    driver.close = CloseDriver;
    driver.cmp = CompareDriver;
    driver.query = QueryDriver;
    driver.get_eoa = AllocatedEnd;
    driver.set_eoa = SetAllocatedEnd;
    driver.get_eof = FileEnd;
    driver.read = ReadDriver;
    driver.write = WriteDriver;
    driver.truncate = TruncateDriver;
    constexpr H5FD_mem_t kOneList[H5FD_MEM_NTYPES] = H5FD_FLMAP_DICHOTOMY;
    for (int type = 0; type < H5FD_MEM_NTYPES; ++type) {
      driver.fl_map[type] = kOneList[type];
    }
    return H5FDregister(&driver);
  }();
  return id;
}

// HDF5 (1.10, H5AC_create) uses the half megabyte of a new file's cache without
// a look at whether it got it, and dies. Throws std::bad_alloc first.
void RequireMemoryOfCache() {
  constexpr std::size_t kBytes = std::size_t{4} << 20;
  ::operator delete(::operator new(kBytes));
}

}  // namespace

Handle AccessThrough(Channel* channel) {
  RequireMemoryOfCache();
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_driver(access.id(), DriverId(), static_cast<const void*>(&channel));
  H5Pset_libver_bounds(access.id(), H5F_LIBVER_V18, H5F_LIBVER_V18);
  H5Pset_fclose_degree(access.id(), H5F_CLOSE_SEMI);
  // So that numbers can be mapped: 64 bytes is a line of the cache.
  H5Pset_alignment(access.id(), 1024, 64);
  return access;
}

}  // namespace mtlkit::internal
