#pragma once

#include <string>
#include <string_view>

namespace mtlkit {

// The most that one command may make of its input, so that a small file cannot
// ask for all memory: checked before the work.
class SizeBudget {
 public:
  // "8g": a number with k, m, g or t behind it for powers of 1024; bytes
  // without. `flag` is how messages call it. Anything else is kUsage.
  explicit SizeBudget(std::string_view text,
                      std::string_view flag = "--max-size");

  double bytes() const { return bytes_; }
  // Refuses (kBadInput) what would take more. `what` is the cause, as in
  // "8000 columns of 5000000 rows"; `way_out` says what else can be done.
  void Require(double bytes, std::string_view what,
               std::string_view way_out) const;

 private:
  double bytes_ = 0;
  std::string flag_;
};

// What --max-size is where nobody says otherwise.
inline constexpr const char* kUsualBudget = "8g";

// "1.5 GB": bytes as people read them, by powers of 1024.
std::string SizeText(double bytes);

}  // namespace mtlkit
