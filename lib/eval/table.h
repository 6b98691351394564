#pragma once

#include <string>
#include <vector>

namespace mtlkit {

// A table of texts with aligned columns, two blanks between them. Control
// characters in a cell are made visible.
class TextTable {
 public:
  void AddRow(std::vector<std::string> cells);
  // Columns are as wide as their widest cell; trailing blanks are cut.
  std::string Render() const;
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }

 private:
  std::vector<std::vector<std::string>> rows_;
};

// Three digits after the point below 10 (".895", "1.204"), fewer above; "-"
// for NaN. `sign`: with a "+" in front of what is not negative. `scale`: how
// large such numbers are; below .1 it takes more digits to tell them apart, and
// below 1e-5, or from 1e7 on, a power of ten ("1.250e-30").
std::string TableNumber(double value, bool sign = false, double scale = 1);

}  // namespace mtlkit
