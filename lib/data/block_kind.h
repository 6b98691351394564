#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "data/dataset.h"
#include "data/input_batch.h"
#include "h5/file_reader.h"
#include "h5/file_writer.h"

namespace mtlkit {

// Gathers rows of one input block into memory that is allocated once.
class InputLoader {
 public:
  virtual ~InputLoader() = default;
  // Points `input` to the rows, until the next call. Throws kBadInput where
  // one holds NaN or infinity.
  virtual void Load(std::span<const Index> rows, InputBatch* input) = 0;
};

// What must be known of a kind of input blocks to keep them in files and to
// make batches of them. Paths are those of the block, "inputs/numeric".
// Stateless.
class BlockKind {
 public:
  // Whether a file has a block of this kind there.
  virtual bool IsAt(const FileReader& file, const std::string& path) const = 0;
  // Reads the block but for its names. Throws kBadInput where its arrays are
  // not what they should be; what they hold is not looked at.
  virtual void Read(const FileReader& file, const std::string& path, Index rows,
                    InputBlock* block) const = 0;
  // What can only be read once the columns are named.
  virtual void ReadNames(const FileReader& /*file*/,
                         InputBlock* /*block*/) const {}

  virtual void Write(FileWriter& file, const InputBlock& block,
                     const std::string& path, Index rows) const = 0;
  // How the arrays are to be understood: the encodings that AnnData knows, and
  // some of our own.
  virtual void WriteEncoding(FileWriter& file, const InputSpec& spec,
                             const std::string& path) const = 0;
  virtual void WriteNames(FileWriter& /*file*/,
                          const InputSpec& /*spec*/) const {}

  // Demands all that must hold before anything indexes into the block
  // (kBadInput). `what` is how messages call it.
  virtual void Check(const InputBlock& block, Index rows,
                     const std::string& what) const = 0;

  // A loader of at most `capacity` different rows at a time. The dataset and
  // its block must outlive it.
  virtual std::unique_ptr<InputLoader> MakeLoader(const Dataset& dataset,
                                                  const InputBlock& block,
                                                  Index capacity) const = 0;

 protected:
  ~BlockKind() = default;
};

// What one row of a block's batch is: a row of the batch, one of its height x
// width pixels, or one of its tokens.
enum class BlockRows { kBatch, kPixels, kTokens };

// All that others must know of a kind; they ask this, not for its name.
struct BlockTraits {
  // Columns have names, as in a table. Preparation leaves other blocks as they
  // are, and tables of text cannot hold them.
  bool has_columns = true;
  // InputSpec::categories names what codes mean, one list a column. A batch
  // has codes, and a network learns a row of numbers for each.
  bool has_categories = false;
  // A batch has numbers (InputBatch::dense), which any layer reads.
  bool is_numbers = false;
  // A batch has some of the numbers of a row, with their columns.
  bool is_compressed = false;
  // InputBlock::row_starts says which entries are a row's.
  bool has_row_starts = false;
  BlockRows rows = BlockRows::kBatch;
};

// One line of the registry kinds.def.
struct BlockKindEntry {
  InputKind kind;
  std::string_view name;      // "dense", as in files and messages
  std::string_view suffix;    // of blocks of a table: "numeric"
  std::string_view contents;  // behind a number of columns: " of numbers";
                              // without columns what it holds: "images"
  const BlockKind& type;
  BlockTraits traits;
};
std::span<const BlockKindEntry* const> BlockKinds();
const BlockKindEntry& EntryOf(InputKind kind);
const BlockTraits& TraitsOf(InputKind kind);

// A loader of this block's kind.
std::unique_ptr<InputLoader> MakeInputLoader(const Dataset& dataset,
                                             const InputBlock& block,
                                             Index capacity);

}  // namespace mtlkit
