#include "train/protocol.h"

#include <array>

#include "base/error.h"
#include "base/registry.h"

namespace mtlkit {

#define MTLKIT_ENTRY(name) extern const ProtocolEntry name;
#include "train/protocols.def"
#undef MTLKIT_ENTRY

std::span<const ProtocolEntry* const> ProtocolEntries() {
#define MTLKIT_ENTRY(name) &name,
  static constexpr std::array kEntries = {
#include "train/protocols.def"
  };
#undef MTLKIT_ENTRY
  return kEntries;
}

std::unique_ptr<Protocol> MakeProtocol(const Choice& choice, Index peers,
                                       const std::string& where) {
  const ProtocolEntry& entry = *InContext(where, [&] {
    return &FindEntry(ProtocolEntries(), "protocol", choice.name);
  });
  Require(peers >= entry.least_peers, ErrorKind::kUsage,
          Str(where, ": ", entry.name, " needs at least ", entry.least_peers,
              " peers, not ", peers));
  return entry.make(choice, where);
}

void Protocol::Prepare(Index, std::span<const Task>, Index) {}
void Protocol::Select(const PeerView&, std::span<const std::span<Real>>) {}
void Protocol::Teach(const PeerView&, std::span<Lesson>) {}
void Protocol::Exchange(Index, std::span<const PeerParams>) {}

}  // namespace mtlkit
