#pragma once

#include <doctest/doctest.h>
#include <hdf5.h>

#include <functional>
#include <string>
#include <vector>

#include "h5/hdf5_session.h"
#include "h5/mutator.h"
#include "temp_folder.h"

// HDF5 files as other programs make them, made with HDF5 alone.
namespace mtlkit {

// The bytes of a file that `build` fills.
inline std::string ForeignBytes(const std::function<void(hid_t file)>& build,
                                hid_t access = H5P_DEFAULT) {
  const TempFolder folder;
  const std::string path = folder / "foreign.h5";
  {
    const internal::Hdf5Lock lock;
    const internal::Handle file(
        H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose);
    REQUIRE(file.valid());
    build(file.id());
  }
  return FileBytes(path);
}

// With the groups above it.
inline void PutGroup(hid_t file, const std::string& path) {
  const internal::Handle parents(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(parents.id(), 1);
  const internal::Handle group(
      H5Gcreate2(file, path.c_str(), parents.id(), H5P_DEFAULT, H5P_DEFAULT),
      H5Gclose);
  REQUIRE(group.valid());
}

struct ForeignStore {
  hid_t type = H5T_IEEE_F32LE;
  hid_t creation = H5P_DEFAULT;
};

inline void PutArray(hid_t file, const std::string& path,
                     const std::vector<hsize_t>& shape,
                     const std::vector<double>& values,
                     ForeignStore store = {}) {
  const internal::Handle parents(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(parents.id(), 1);
  const internal::Handle space(
      H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
      H5Sclose);
  const internal::Handle set(
      H5Dcreate2(file, path.c_str(), store.type, space.id(), parents.id(),
                 store.creation, H5P_DEFAULT),
      H5Dclose);
  REQUIRE(set.valid());
  if (values.empty()) return;
  REQUIRE(H5Dwrite(set.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                   values.data()) >= 0);
}

// As h5py writes a str, and a list of them.
inline internal::Handle VariableText() {
  internal::Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

inline void PutTexts(hid_t file, const std::string& path, const char* name,
                     const std::vector<std::string>& texts,
                     bool is_list = true) {
  const internal::Handle type = VariableText();
  const hsize_t count = texts.size();
  const internal::Handle space(
      is_list ? H5Screate_simple(1, &count, nullptr) : H5Screate(H5S_SCALAR),
      H5Sclose);
  const internal::Handle attribute(
      H5Acreate_by_name(file, path.c_str(), name, type.id(), space.id(),
                        H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
      H5Aclose);
  REQUIRE(attribute.valid());
  std::vector<const char*> places;
  for (const std::string& text : texts) places.push_back(text.c_str());
  if (!texts.empty()) H5Awrite(attribute.id(), type.id(), places.data());
}

inline void PutText(hid_t file, const std::string& path, const char* name,
                    const std::string& text) {
  PutTexts(file, path, name, {text}, false);
}

}  // namespace mtlkit
