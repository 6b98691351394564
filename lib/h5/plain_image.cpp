#include "h5/plain_image.h"

#include <vector>

#include "base/error.h"
#include "h5/hdf5_session.h"

namespace mtlkit {
namespace {

using internal::Handle;
using internal::Hdf5Lock;

void RequireMade(bool made) {
  if (made) return;
  internal::RequireMemory();
  Fail(ErrorKind::kIo,
       "a file in memory cannot be made: " + internal::Hdf5Reason());
}

// Without a time stamp, which would make equal files differ.
Handle Timeless(hid_t list_class) {
  Handle list(H5Pcreate(list_class), H5Pclose);
  H5Pset_obj_track_times(list.id(), false);
  return list;
}

}  // namespace

struct PlainImage::State {
  Handle file;

  void Write(const std::string& path, const std::vector<hsize_t>& shape,
             hid_t file_type, hid_t memory_type, const void* values) const {
    const Handle space(
        H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
        H5Sclose);
    const Handle list = Timeless(H5P_DATASET_CREATE);
    const Handle set(H5Dcreate2(file.id(), path.c_str(), file_type, space.id(),
                                H5P_DEFAULT, list.id(), H5P_DEFAULT),
                     H5Dclose);
    RequireMade(set.valid() && H5Dwrite(set.id(), memory_type, H5S_ALL, H5S_ALL,
                                        H5P_DEFAULT, values) >= 0);
  }
};

PlainImage::PlainImage() : state_(std::make_unique<State>()) {
  const Hdf5Lock lock;
  constexpr std::size_t kGrowth = 1 << 20;
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access.id(), kGrowth, false);
  // The version of the library's own choice: HDF5 1.10 leaves a wrong checksum
  // in images of the newer one (github.com/HDFGroup/hdf5, issue 1915).
  const Handle creation = Timeless(H5P_FILE_CREATE);
  state_->file = Handle(
      H5Fcreate("image", H5F_ACC_TRUNC, creation.id(), access.id()), H5Fclose);
  RequireMade(state_->file.valid());
}

PlainImage::~PlainImage() {
  const Hdf5Lock lock;
  state_.reset();
}

void PlainImage::AddGroup(const std::string& path) {
  const Hdf5Lock lock;
  const Handle list = Timeless(H5P_GROUP_CREATE);
  const Handle group(H5Gcreate2(state_->file.id(), path.c_str(), H5P_DEFAULT,
                                list.id(), H5P_DEFAULT),
                     H5Gclose);
  RequireMade(group.valid());
}

void PlainImage::AddNumbers(const std::string& path,
                            const std::vector<Index>& shape,
                            std::span<const float> values) {
  const Hdf5Lock lock;
  state_->Write(path, {shape.begin(), shape.end()}, H5T_IEEE_F32LE,
                H5T_NATIVE_FLOAT, values.data());
}

void PlainImage::AddCounts(const std::string& path,
                           std::span<const std::uint32_t> values) {
  const Hdf5Lock lock;
  state_->Write(path, {values.size()}, H5T_STD_U32LE, H5T_NATIVE_UINT32,
                values.data());
}

void PlainImage::SetText(const std::string& path, const char* name,
                         std::string_view text) {
  const Hdf5Lock lock;
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), text.size());
  H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle attribute(
      H5Acreate_by_name(state_->file.id(), path.c_str(), name, type.id(),
                        space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
      H5Aclose);
  RequireMade(attribute.valid() &&
              H5Awrite(attribute.id(), type.id(), text.data()) >= 0);
}

std::string PlainImage::Finish() {
  const Hdf5Lock lock;
  H5Fflush(state_->file.id(), H5F_SCOPE_GLOBAL);
  const ssize_t size = H5Fget_file_image(state_->file.id(), nullptr, 0);
  RequireMade(size > 0);
  std::string image(static_cast<std::size_t>(size), '\0');
  RequireMade(
      H5Fget_file_image(state_->file.id(), image.data(), image.size()) == size);
  RequireMade(state_->file.Close());
  return image;
}

}  // namespace mtlkit
