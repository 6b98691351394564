#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"

namespace mtlkit {

// An HDF5 file as other programs keep them, without our envelope and digests,
// made in memory: for formats that hold one. The same content gives the same
// bytes.
class PlainImage {
 public:
  PlainImage();
  ~PlainImage();
  PlainImage(const PlainImage&) = delete;
  PlainImage& operator=(const PlainImage&) = delete;

  // Groups come before what lies in them.
  void AddGroup(const std::string& path);
  void AddNumbers(const std::string& path, const std::vector<Index>& shape,
                  std::span<const float> values);
  void AddCounts(const std::string& path,
                 std::span<const std::uint32_t> values);
  void SetText(const std::string& path, const char* name,
               std::string_view text);

  // The whole file; nothing can be added then.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mtlkit
