#include "data/block_kind.h"

#include "base/error.h"
#include "data/ragged.h"

namespace mtlkit {

#define MTLKIT_REGISTRY BlockKinds
#define MTLKIT_REGISTRY_ENTRY BlockKindEntry
#define MTLKIT_REGISTRY_LIST "data/kinds.def"
#include "base/registry_list.inc"

const BlockKindEntry& EntryOf(InputKind kind) {
  for (const BlockKindEntry* entry : BlockKinds()) {
    if (entry->kind == kind) return *entry;
  }
  Fail(ErrorKind::kBug, "a kind of input has no entry");
}

const BlockTraits& TraitsOf(InputKind kind) {
  return EntryOf(kind).traits;
}

std::unique_ptr<InputLoader> MakeInputLoader(const Dataset& dataset,
                                             const InputBlock& block,
                                             Index capacity) {
  return EntryOf(block.kind).type.MakeLoader(dataset, block, capacity);
}

std::vector<Index> MostTokens(const Dataset& dataset, Index rows) {
  std::vector<Index> tokens;
  for (const InputBlock& block : dataset.inputs) {
    tokens.push_back(TraitsOf(block.kind).rows == BlockRows::kTokens
                         ? internal::MostEntries(block, rows)
                         : 0);
  }
  return tokens;
}

}  // namespace mtlkit
