#pragma once

#include <memory>
#include <string_view>

#include "text/parquet/field.h"

namespace mtlkit {

// The values of a page that are not null, one after the other, each as its
// plain encoding has it but for lengths in front: 4 bytes of kInt32, the text
// of kBytes, one byte of kBoolean. A value stays until the next is read. Not
// thread-safe.
class ValueDecoder {
 public:
  virtual ~ValueDecoder() = default;
  // Throws kBadInput where the page ends.
  virtual std::string_view Next() = 0;
};

// The number of bytes of each value; 0 of those that differ.
Index ValueWidth(const ParquetField& field);

// `encoding` as in parquet.thrift; indices into a dictionary are none of these.
// `bytes` must outlive the decoder. Throws kBadInput, by name, for an encoding
// that values of the type do not have.
std::unique_ptr<ValueDecoder> MakeValueDecoder(int encoding,
                                               const ParquetField& field,
                                               std::string_view bytes);

// As they stand in pages of dictionaries and most others.
std::unique_ptr<ValueDecoder> MakePlainDecoder(const ParquetField& field,
                                               std::string_view bytes);

// Whether pages of that encoding hold indices into a dictionary.
bool IsDictionaryEncoding(int encoding);

}  // namespace mtlkit
